import { type AlertBatch, targetSubject } from "@autoheal/lib/alert";
import { alertsFrom, startOf } from "@autoheal/lib/drivers/alertmanager";
import { postTo } from "@autoheal/lib/drivers/broker";
import { connectCluster } from "@autoheal/lib/drivers/kubernetes";
import { signalsFrom } from "@autoheal/lib/drivers/prometheus";
import { eventName, type IncidentRef, type IncomingEvent, incidentKey, pingType } from "@autoheal/lib/event";
import { type Incident, isOpen } from "@autoheal/lib/incident";
import { type Answer, type Context, coalesced, done, hints, inTurns, poison, start } from "@autoheal/lib/runtime";
import { readDiagnoseConfig } from "./config.ts";
import { recordDeadLetter } from "./dead-letter.ts";
import { decide, type Report } from "./decide.ts";
import { batchOf, incidentRefOf, refusalOf, scoredOf } from "./incoming.ts";
import { changedSince, observe, type Sources } from "./observe.ts";
import { perform } from "./perform.ts";
import { needsPulse, startPulse } from "./pulse.ts";
import { storeAlerts } from "./store-alerts.ts";
import { dueEvent, isDue, onPulse, onTick, type Waking } from "./wake.ts";

/** Where Broker "healing" brings what could not be delivered. */
const deadLetterPath = "/dead-letter";

void start("diagnose", (environment, log) => {
  const config = readDiagnoseConfig(environment);
  const { settings, ownNamespace } = config;
  const cluster = connectCluster();
  const post = postTo(config.sink, "/autoheal/diagnose");
  const now = () => new Date();
  const alertmanager = config.alertmanagerUrl
    ? {
        list: alertsFrom(config.alertmanagerUrl, config.receiver),
        startedAt: startOf(config.alertmanagerUrl),
        settleSeconds: config.settleSeconds,
      }
    : undefined;
  const signals = config.prometheus ? signalsFrom(config.prometheus) : undefined;
  const sources: Sources = { cluster, signals, alertmanager, ownNamespace, log };

  const inTurn = inTurns();
  const together = coalesced();
  // Hints come as long as somebody has not looked: where looking takes long, they must not be what it takes long for.
  const hinted = hints();

  /** How often one pass is tried when somebody writes in between. */
  const tries = 4;

  async function review(
    ref: IncidentRef,
    context: Context,
    why: "due" | "reported",
    report: Report = {},
  ): Promise<void> {
    // A closed one may have messages that were not sent.
    const wanted = (incident: Incident) => why === "reported" || isDue(incident, settings, now()) || !isOpen(incident);
    for (let attempt = 1; ; attempt++) {
      const observed = await observe(sources, ref, wanted, now());
      if (!observed) return;
      const step = decide(observed, settings, now(), report);
      try {
        if (needsPulse({ ...observed.incident, status: step.status }, now())) {
          await startPulse(cluster, ownNamespace, config.pulseSchedule);
        }
        await perform(cluster, post, observed.incident, step, now(), context.traceparent);
        const { phase, hold, diagnosis, remediations } = step.status;
        const { outcome, state, remedy } = remediations.at(-1) ?? {};
        const fields = { subject: observed.incident.spec.subject, incident: ref.name, phase, cause: diagnosis?.cause };
        log.info({ ...fields, hold: hold?.reason, remedy, state, outcome }, "incident reviewed");
        return;
      } catch (error) {
        if (!changedSince(error) || attempt === tries) throw error;
      }
    }
  }

  async function receiveAlerts(event: IncomingEvent, context: Context): Promise<Answer> {
    const batch = batchOf(event.data);
    if ("why" in batch) {
      // The receipt promises storing: what can't be understood is recorded in the log and not asked for again.
      log.error({ id: event.id, why: batch.why }, "alerts refused");
      return done;
    }
    // The same alerts many times at once, as of an Alertmanager in several replicas, are stored for all of them.
    await together(JSON.stringify(batch), () => inTurn(targetSubject(batch.target), () => keep(batch, context)));
    return done;
  }

  async function keep(batch: AlertBatch, context: Context): Promise<void> {
    const incident = await storeAlerts(cluster, ownNamespace, batch, now());
    if (!incident) return;
    log.info({ incident: incident.metadata.name, alerts: batch.alerts.length }, "alerts stored");
    await startPulse(cluster, ownNamespace, config.pulseSchedule);
    await announce(() => post(dueEvent(incident, now()), context.traceparent));
  }

  /** The alerts are stored and the pulse beats: a Broker that is away now only delays what follows. */
  async function announce(send: () => Promise<void>): Promise<void> {
    try {
      await send();
    } catch (error) {
      log.warn({ error }, "incident.due not posted: the pulse will find it");
    }
  }

  const waking = (context: Context): Waking => ({
    cluster,
    alerts: alertmanager?.list,
    ownNamespace,
    clusterName: config.clusterName,
    pulseSchedule: config.pulseSchedule,
    reviewSeconds: settings.reviewSeconds,
    now,
    post: (event) => post(event, context.traceparent),
  });

  async function handle(event: IncomingEvent, context: Context): Promise<Answer> {
    if (context.path === deadLetterPath) {
      await recordDeadLetter({ cluster, namespace: ownNamespace, log, now: now() }, event);
      return done;
    }
    if (event.type === pingType) return wake(event, context);
    const name = eventName(event.type);
    switch (name) {
      case "alerts.received":
        return receiveAlerts(event, context);
      case "incident.due":
      case "remedy.applied":
      case "remedy.failed":
      case "anomaly.scored": {
        const ref = incidentRefOf(event.data);
        if (!ref) return poison("data.incident: expected namespace, name and uid");
        const refusal = name === "remedy.failed" ? refusalOf(event.data) : undefined;
        const scored = name === "anomaly.scored" ? scoredOf(event.data, ref) : undefined;
        if (name === "anomaly.scored" && !scored) return poison("data: expected verdict, at and reasons");
        const key = incidentKey(ref);
        const look = (why: "due" | "reported") => inTurn(key, () => review(ref, context, why, { refusal, scored }));
        if (name === "incident.due") await hinted(`due ${key}`, () => look("due"));
        else if (name === "remedy.applied") await hinted(`applied ${key}`, () => look("reported"));
        // What these say stands nowhere else.
        else await together(JSON.stringify([name, event.data]), () => look("reported"));
        return done;
      }
      default:
        return poison(`diagnose takes no ${event.type}`);
    }
  }

  async function wake(event: IncomingEvent, context: Context): Promise<Answer> {
    const kind = event.extensions.autohealwake;
    if (kind === "pulse") await hinted(kind, () => onPulse(waking(context)));
    else if (kind === "tick") await together(kind, () => onTick(waking(context)));
    else return poison("autohealwake: expected pulse or tick");
    return done;
  }

  return { load: cluster.load, handle, paths: ["/", deadLetterPath] };
});
