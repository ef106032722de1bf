import { connectCluster } from "@autoheal/lib/drivers/kubernetes";
import { counter, done, inTurns, openMetrics, poison, start } from "@autoheal/lib/runtime";
import { setupOf } from "./config.ts";

void start("notify", (environment, log) => {
  const cluster = connectCluster();
  const metrics = openMetrics();
  const count = counter(metrics, "autoheal_notifications_total", "Messages to people, by how sending them ended.", [
    "channel",
    "result",
  ]);
  const doors = { cluster, ...setupOf(environment, cluster, log), log, count, now: () => new Date() };
  const inTurn = inTurns();
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
      await inTurn(note.incident.uid, () => tell(note.incident, doors));
      return done;
    },
  };
});
