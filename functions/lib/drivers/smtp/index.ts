/** The driver of SMTP: the only place that knows nodemailer. */
import { createTransport, type Transporter } from "nodemailer";
import { DeliveryError, type Email } from "../../notification/index.ts";

/** Longest waits for the mail server, in ms: a handler has to answer within 8 s. */
const timeouts = { dnsTimeout: 2_000, connectionTimeout: 2_000, greetingTimeout: 2_000, socketTimeout: 4_000 };

/** Longest time for one email, in ms, however steadily its server talks. */
const sendMs = 6_000;

/** Sends one email; rejects with DeliveryError, never `Unclear`: a second copy has the same Message-ID. */
export type SendEmail = (email: Email) => Promise<void>;

/** Sends by the mail server at `url` (`smtp://user:password@host:587`, `smtps://...`) from one address to several. */
export function mailBy(url: string, from: string, to: readonly string[]): SendEmail {
  let transport: Transporter | undefined;
  return async ({ messageId, inReplyTo, subject, text, html }) => {
    const thread = inReplyTo ? { inReplyTo, references: inReplyTo } : {};
    const headers = { "Auto-Submitted": "auto-generated" };
    try {
      // nodemailer is loaded by the first email, not by the process that may have none to send.
      transport ??= createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
      const signal = AbortSignal.timeout(sendMs);
      await transport.sendMail({ from, to: [...to], messageId, subject, text, html, headers, ...thread, signal });
    } catch (error) {
      throw deliveryErrorOf(error);
    }
  };
}

/** RFC 5321, 4.2.1: 5yz is final, everything else may be different the next time. */
function deliveryErrorOf(error: unknown): DeliveryError {
  const { code, responseCode } = typeof error === "object" && error !== null ? (error as MailError) : {}; // reason: nodemailer's
  if (responseCode !== undefined && responseCode >= 500) return new DeliveryError("Refused", `SMTP ${responseCode}`);
  // Without an answer of the server these are about what was asked for, not about the network.
  if (!responseCode && (code === "EENVELOPE" || code === "ENOAUTH" || code === "EMESSAGE"))
    return new DeliveryError("Refused", code);
  return new DeliveryError("Away", responseCode ? `SMTP ${responseCode}` : (code ?? "no connection"));
}

interface MailError {
  code?: string;
  responseCode?: number;
}
