import { connectCluster } from "@autoheal/lib/drivers/kubernetes";
import { counter, done, inTurns, openRegistry, poison, start } from "@autoheal/lib/runtime";
import { setupOf } from "./config.ts";
import { noteOf } from "./note.ts";
import { tell } from "./tell.ts";

void start("notify", (environment, log) => {
  const cluster = connectCluster();
  const registry = openRegistry();
  const count = counter(registry, "autoheal_notifications_total", "Messages to people, by how sending them ended.", [
    "channel",
    "result",
  ]);
  const doors = { cluster, ...setupOf(environment, cluster, log), log, count, now: () => new Date() };
  const inTurn = inTurns();
  return {
    registry,
    handle: async (event) => {
      const note = noteOf(event);
      if ("why" in note) return poison(note.why);
      await inTurn(note.incident.uid, () => tell(note.incident, doors));
      return done;
    },
  };
});
