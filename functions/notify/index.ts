import { connectCluster } from "@autoheal/lib/drivers/kubernetes";
import { incidentKey } from "@autoheal/lib/event";
import { coalesced, counter, done, openMetrics, poison, start } from "@autoheal/lib/runtime";
import { setupOf } from "./config.ts";

void start("notify", (environment, log) => {
  const cluster = connectCluster();
  const metrics = openMetrics();
  const count = counter(metrics, "autoheal_notifications_total", "Messages to people, by how sending them ended.", [
    "channel",
    "result",
  ]);
  const doors = { cluster, ...setupOf(environment, cluster, log), log, count, now: () => new Date() };
  // Where telling takes long, its messages come again and again meanwhile: they are told together.
  const together = coalesced();
  const load = async () => {
    cluster.load();
    const [{ noteOf }, { tell }] = await Promise.all([import("./note.ts"), import("./tell.ts")]);
    return { noteOf, tell };
  };
  return {
    metrics,
    load,
    handle: async (event) => {
      const { noteOf, tell } = await load();
      const note = noteOf(event);
      if ("why" in note) return poison(note.why);
      await together(incidentKey(note.incident), () => tell(note.incident, doors));
      return done;
    },
  };
});
