/** The driver of Slack's Web API: the only place that knows its SDK. */
import { type Logger, LogLevel, WebClient } from "@slack/web-api";
import { DeliveryError, type SlackMessage } from "../../notification/index.ts";
import { deliveryErrorOf } from "./errors.ts";

/** Longest wait for one call, in ms. */
const callTimeoutMs = 2_500;
/** Where our own messages are looked for: so many pages of so many messages. */
const mostPages = 3;
const pageSize = 200;

/** What is written into a message, unseen by people, so that it is found again. */
export interface Mark {
  /** The incident's uid. */
  incident: string;
  /** The outbox entry's id. */
  entry: string;
}

/** One Slack channel. Every method rejects with DeliveryError. */
export interface Slack {
  /** The channel's id. */
  readonly channel: string;
  /** Posts to the channel, or into the thread of the message `thread`; gives the message's `ts`. */
  post(message: SlackMessage, mark: Mark, thread?: string): Promise<string>;
  /** Replaces our message `ts`. */
  update(ts: string, message: SlackMessage, mark: Mark): Promise<void>;
  /** The `ts` of our message with this mark, in the channel since `since`, or in the thread. */
  find(mark: Mark, where: { since: Date } | { thread: string }): Promise<string | undefined>;
}

/** Slack at `apiUrl` ("" is Slack's own), as the bot of this token, in the channel of this id. */
export function connectSlack(token: string, channel: string, apiUrl = ""): Slack {
  let connected: WebClient | undefined;
  // The SDK is loaded by the first message, not by the process that may have none to send.
  const client = () => {
    connected ??= new WebClient(token, {
      ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
      logger: silent(),
      timeout: callTimeoutMs,
      // Knative tries again, with back-off; here it would only use up the handler's time.
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    });
    return connected;
  };
  const call = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw deliveryErrorOf(error);
    }
  };
  return {
    channel,
    post: async (message, mark, thread) => {
      const where = thread ? { thread_ts: thread } : {};
      const answer = await call(client().chat.postMessage({ channel, ...argumentsOf(message, mark), ...where }));
      if (!answer.ts) throw new DeliveryError("Unclear", "an answer without ts");
      return answer.ts;
    },
    update: async (ts, message, mark) =>
      void (await call(client().chat.update({ channel, ts, ...argumentsOf(message, mark) }))),
    find: async (mark, where) => {
      let cursor = "";
      for (let page = 0; page < mostPages; page += 1) {
        const options = { channel, limit: pageSize, include_all_metadata: true, ...(cursor ? { cursor } : {}) };
        const answer = await call(
          "thread" in where
            ? client().conversations.replies({ ...options, ts: where.thread })
            : client().conversations.history({ ...options, oldest: String(where.since.getTime() / 1000) }),
        );
        const found = answer.messages?.find((message) => isMarked(message, mark));
        if (found?.ts) return found.ts;
        cursor = answer.response_metadata?.next_cursor ?? "";
        if (!cursor) return undefined;
      }
      return undefined;
    },
  };
}

const eventType = "autoheal_outbox";

function argumentsOf(message: SlackMessage, mark: Mark) {
  return {
    ...message,
    metadata: { event_type: eventType, event_payload: { ...mark } },
    unfurl_links: false,
    unfurl_media: false,
  };
}

function isMarked(message: { metadata?: unknown }, mark: Mark): boolean {
  const metadata = message.metadata as { event_type?: string; event_payload?: Partial<Mark> } | undefined; // reason: Slack's
  if (metadata?.event_type !== eventType) return false;
  return metadata.event_payload?.incident === mark.incident && metadata.event_payload.entry === mark.entry;
}

/** The SDK's own log would hold bodies; what matters is in the errors. */
const silent = (): Logger => ({
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
});
