import { Counter } from "prom-client";
import { HttpError, numberSetting, run, textSetting } from "../../lib/index.ts";
import { Stream } from "../stream.ts";

const maxRps = 500;
/** Longer than the 2 s that api may take for its own two calls: what it answers then is worth more than a timeout. */
const timeoutMilliseconds = 2500;

run({
  name: "traffic",
  version: "1.0.0",
  start({ env, metrics, peer }) {
    const target = textSetting(env, "TARGET_SERVICE", "api");
    const rps = numberSetting(env, "RPS", { standard: 10, min: 0, max: maxRps });
    const maxInFlight = numberSetting(env, "MAX_IN_FLIGHT", { standard: 24, min: 1, max: 1000 });
    const skipped = new Counter({
      name: "traffic_skipped_total",
      help: "Requests that were not sent because too many were open.",
      registers: [metrics.registry],
    });
    const stream = new Stream(peer(target, timeoutMilliseconds), maxInFlight, () => skipped.inc());
    stream.setRate(rps);
    return {
      stop: () => stream.setRate(0),
      routes: [
        { method: "get", path: "/rate", handle: () => ({ body: { rps: stream.rps } }) },
        {
          method: "post",
          path: "/rate",
          handle({ body }) {
            const wanted = body?.rps;
            if (typeof wanted !== "number" || !(wanted >= 0 && wanted <= maxRps)) {
              throw new HttpError(400, `rps must be a number from 0 to ${maxRps}`);
            }
            stream.setRate(wanted);
            return { body: { rps: stream.rps } };
          },
        },
      ],
    };
  },
});
