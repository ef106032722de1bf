import type { SendEmail } from "@autoheal/lib/drivers/smtp";
import { emailOf } from "@autoheal/lib/notification";
import type { Channel } from "./channel.ts";
import { rootOf } from "./deliveries.ts";

/** Email can't be looked up: a second copy has the same Message-ID, by which mail systems know it. */
export function emailChannel(send: SendEmail): Channel {
  return {
    name: "email",
    claimed: true,
    send: async (incident, entry) => {
      const root = rootOf(incident.status?.deliveries ?? [], "email");
      const email = emailOf(incident, entry, root?.entry === entry.id ? undefined : root?.reference);
      await send(email);
      return email.messageId;
    },
  };
}
