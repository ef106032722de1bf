import { createServer, type IncomingMessage, type Server } from "node:http";
import type { KubernetesObject, Store } from "../api/index.ts";
import { BadEvent, type CloudEvent, parseEvent } from "./cloud-event.ts";
import {
  type Delivery,
  type DeliverySpec,
  deadLetter,
  deliver,
  type Parcel,
  type Refusal,
  readDelivery,
} from "./delivery.ts";
import type { Destination, Resolve } from "./destination.ts";
import { filterProblem, takes } from "./filter.ts";

/** Lets a test lose or double one delivery of an event to one Trigger's subscriber; a promise delays it. */
export type Interceptor = (delivery: {
  namespace: string;
  broker: string;
  trigger: string;
  event: CloudEvent;
}) => "drop" | "duplicate" | undefined | Promise<"drop" | "duplicate" | undefined>;

/**
 * Called when the ingress has read an event and nobody has it yet, and again when it is taken but not yet answered.
 * Returning nothing lets it pass; `drop` cuts the connection; a status is answered instead.
 */
export type IngressInterceptor = (
  post: { namespace: string; broker: string; event: CloudEvent },
  phase: "before" | "taken",
) => Refused | undefined | Promise<Refused | undefined>;

type BurialSpec = DeliverySpec & { deadLetterSink?: Destination };

type Refused = { drop: true } | { status: number; message?: string };

/** What the Brokers need of the sandbox around them. */
export interface BrokersOptions {
  store: Store;
  resolve: Resolve;
  timeScale: number;
  interceptors: ReadonlySet<Interceptor>;
  ingressInterceptors: ReadonlySet<IngressInterceptor>;
  /** Told of deliveries that were given up. */
  log: (fields: Record<string, unknown>) => void;
  /** Ends retries and requests under way. */
  signal: AbortSignal;
}

/** All Brokers behind one ingress, with the semantics of the in-memory channel: nothing is kept on a restart. */
export interface Brokers {
  ingress: Server;
  /** Deliveries under way, those between two tries included. */
  inFlight(): number;
}

/** Makes the ingress that serves POST /<namespace>/<broker>; it does not listen yet. */
export function createBrokers(options: BrokersOptions): Brokers {
  const { store, resolve, timeScale, interceptors, ingressInterceptors, log, signal } = options;
  let inFlight = 0;

  const publish = async (broker: KubernetesObject, parcel: Parcel): Promise<boolean> => {
    const { name, namespace = "" } = broker.metadata;
    const taking = store
      .list("triggers.eventing.knative.dev", { namespace })
      .filter(({ spec }) => spec.broker === name && triggerProblem(spec) === undefined && takes(spec, parcel.event));
    inFlight += taking.length;
    const done = taking.map(async (trigger) => {
      try {
        const verdicts = await Promise.all(
          [...interceptors].map((intercept) =>
            intercept({
              namespace,
              broker: name,
              trigger: trigger.metadata.name,
              event: parcel.event,
            }),
          ),
        );
        if (verdicts.includes("drop")) return true;
        const times = verdicts.includes("duplicate") ? 2 : 1;
        const sent = await Promise.all(Array.from({ length: times }, () => dispatch(broker, trigger, parcel)));
        return sent.every(Boolean);
      } finally {
        inFlight -= 1;
      }
    });
    return (await Promise.all(done)).every(Boolean);
  };

  const dispatch = async (broker: KubernetesObject, trigger: KubernetesObject, parcel: Parcel) => {
    const { namespace = "", name } = trigger.metadata;
    const own: BurialSpec | undefined = trigger.spec.delivery;
    const shared: BurialSpec | undefined = broker.spec?.delivery;
    const how = readDelivery(own ?? shared ?? {}, timeScale);
    const url = resolve(trigger.spec.subscriber, namespace);
    const outcome = url === undefined ? nobody : await deliver(url, parcel, how, signal);
    if (outcome.ok) return true;
    if (signal.aborted) return false;
    const sink = own?.deadLetterSink ?? shared?.deadLetterSink;
    const buried = await bury(sink, namespace, parcel, how, url ?? "", outcome);
    const { id, type } = parcel.event.attributes;
    const reason = outcome.body.toString().slice(0, 300);
    log({ msg: "delivery given up", trigger: name, type, id, url, code: outcome.code, reason, deadLettered: buried });
    return buried;
  };

  const bury = async (
    sink: Destination | undefined,
    namespace: string,
    parcel: Parcel,
    how: Delivery,
    url: string,
    refusal: Refusal,
  ): Promise<boolean> => {
    const to = sink && resolve(sink, namespace);
    if (to === undefined) return false;
    return (await deliver(to, { ...parcel, event: deadLetter(parcel.event, url, refusal) }, how, signal)).ok;
  };

  const refused = async (post: Parameters<IngressInterceptor>[0], phase: "before" | "taken") => {
    for (const intercept of [...ingressInterceptors]) {
      const verdict = await intercept(post, phase);
      if (verdict) return verdict;
    }
    return undefined;
  };

  const accept = async (incoming: IncomingMessage): Promise<{ status: number; message?: string } | { drop: true }> => {
    const [, namespace = "", name = "", ...more] = new URL(incoming.url ?? "/", "http://ingress").pathname.split("/");
    const broker = more.length === 0 ? store.get("brokers.eventing.knative.dev", namespace, name) : undefined;
    if (incoming.method !== "POST") return { status: 405, message: "a Broker takes POST" };
    let event: CloudEvent;
    try {
      event = parseEvent(incoming.headers, await readBody(incoming));
    } catch (error) {
      if (error instanceof BadEvent) return { status: 400, message: error.message };
      throw error;
    }
    if (broker === undefined)
      return { status: 404, message: `there is no Broker "${name}" in namespace "${namespace}"` };
    const post = { namespace, broker: name, event };
    const before = await refused(post, "before");
    if (before) return before;
    const arrived = { ...event, attributes: { ...event.attributes, knativearrivaltime: new Date().toISOString() } };
    const published = publish(broker, { event: arrived, headers: traceOf(incoming) });
    if (broker.metadata.annotations?.["messaging.knative.dev/async-handler"] === "true") {
      published.catch((error) => log({ msg: "delivery failed", error: String(error) }));
    } else if (!(await published)) return { status: 500, message: "a subscriber did not take the event" };
    return (await refused(post, "taken")) ?? { status: 202 };
  };

  const ingress = createServer((incoming, answer) => {
    accept(incoming).then(
      (taken) => ("drop" in taken ? incoming.socket.destroy() : answer.writeHead(taken.status).end(taken.message)),
      (error) => answer.writeHead(500).end(String(error)),
    );
  });
  return { ingress, inFlight: () => inFlight };
}

/** Says why a Trigger delivers nothing, or undefined; Knative's webhook would refuse most of it. */
export function triggerProblem(spec: KubernetesObject["spec"]): string | undefined {
  if (!spec?.subscriber?.ref && !spec?.subscriber?.uri) return "spec.subscriber has neither ref nor uri";
  return filterProblem(spec) ?? deliveryProblem(spec.delivery);
}

/** Says what is malformed in a delivery spec, or undefined. */
export function deliveryProblem(spec: DeliverySpec | undefined): string | undefined {
  try {
    readDelivery(spec ?? {}, 1);
    return undefined;
  } catch (error) {
    return (error as Error).message; // reason: readDelivery throws Errors only
  }
}

const nobody: Refusal = { ok: false, code: 404, body: Buffer.from("the subscriber does not exist"), explained: false };

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// Of the request's own headers Knative passes on trace context and little else; Authorization is dropped.
function traceOf({ headers }: IncomingMessage): Record<string, string> {
  const { traceparent, tracestate } = headers;
  return {
    ...(typeof traceparent === "string" ? { traceparent } : {}),
    ...(typeof tracestate === "string" ? { tracestate } : {}),
  };
}
