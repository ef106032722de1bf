import type { Cluster } from "@autoheal/lib/drivers/kubernetes";
import { connectSlack } from "@autoheal/lib/drivers/slack";
import { mailBy } from "@autoheal/lib/drivers/smtp";
import { ConfigError, type Environment, type Log, list, readConfig, seconds, text, url } from "@autoheal/lib/runtime";
import type { Channel } from "./channel.ts";
import { emailChannel } from "./email-channel.ts";
import { eventChannel } from "./event-channel.ts";
import { slackChannel } from "./slack-channel.ts";

/** How `notify` is set up. */
export interface Setup {
  channels: Channel[];
  claimSeconds: number;
}

/** The channels that the environment names; Kubernetes Events always. Throws ConfigError, which never shows a secret. */
export function setupOf(environment: Environment, cluster: Cluster, log: Log): Setup {
  const config = readConfig(environment, {
    slackToken: text("SLACK_BOT_TOKEN", ""),
    slackChannel: text("SLACK_CHANNEL", ""),
    slackApi: url("SLACK_API_URL", ""),
    smtp: text("SMTP_URL", ""),
    from: text("MAIL_FROM", ""),
    to: list("MAIL_TO"),
    claim: seconds("AUTOHEAL_NOTIFY_CLAIM", "15s"),
  });
  const channels: Channel[] = [eventChannel(cluster)];
  if (config.slackToken || config.slackChannel) {
    if (!config.slackToken) throw new ConfigError("SLACK_BOT_TOKEN is not set, though SLACK_CHANNEL is");
    // Names work for posting only: threads and updates need the id.
    if (!/^[CGD][A-Z0-9]{2,}$/.test(config.slackChannel)) {
      const was = JSON.stringify(config.slackChannel);
      throw new ConfigError(`SLACK_CHANNEL is ${was}; allowed: a channel's id, such as C024BE91L (in its details)`);
    }
    channels.push(slackChannel(connectSlack(config.slackToken, config.slackChannel, config.slackApi), log));
  }
  if (config.smtp) {
    if (!/^smtps?:\/\/[^/]/.test(config.smtp) || !URL.canParse(config.smtp))
      throw new ConfigError("SMTP_URL can't be used; allowed: smtp://user:password@host:587 or smtps://...");
    if (!config.from) throw new ConfigError("MAIL_FROM is not set, though SMTP_URL is");
    if (config.to.length === 0) throw new ConfigError("MAIL_TO is not set, though SMTP_URL is");
    channels.push(emailChannel(mailBy(config.smtp, config.from, config.to)));
  }
  return { channels, claimSeconds: config.claim };
}
