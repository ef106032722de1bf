import { alertTypes } from "@autoheal/lib/alert";
import type { Consumed, FunctionContract } from "@autoheal/lib/contract";
import { type EventKind, eventKinds, eventType, pingType } from "@autoheal/lib/event";
import type { Manifest } from "../../knative/read-manifests.ts";

const kinds: Readonly<Record<string, EventKind>> = eventKinds;

/** Where a contract and the list of events name different senders or receivers. */
export function catalogProblems({ name, consumes, produces }: FunctionContract): string[] {
  const taken: string[] = consumes.flatMap((one) => ("event" in one ? [one.event] : []));
  const sides = [
    { verb: "takes", own: taken, listed: namesWhere(({ to }) => to.includes(name)) },
    { verb: "posts", own: [...produces], listed: namesWhere(({ from }) => from.includes(name)) },
  ];
  return sides.flatMap(({ verb, own, listed }) => [
    ...listed
      .filter((event) => !own.includes(event))
      .map((event) => `the list of events says that it ${verb} ${event}`),
    ...own
      .filter((event) => !listed.includes(event))
      .map((event) => `the list of events does not say that it ${verb} ${event}`),
  ]);
}

const namesWhere = (holds: (kind: EventKind) => boolean): string[] =>
  Object.entries(kinds).flatMap(([event, kind]) => (holds(kind) ? [event] : []));

/** Where the Triggers bring a function more, or less, than its contract says that it takes. */
export function triggerProblems({ name, consumes }: FunctionContract, manifests: readonly Manifest[]): string[] {
  const wanted = new Set(consumes.flatMap(deliveriesOf));
  const brought = new Set(
    manifests
      .filter(({ kind, spec }) => kind === "Trigger" && spec.subscriber.ref.name === name)
      .flatMap(({ metadata, spec }) => {
        const alternatives = alternativesOf(spec.filters ?? []);
        if (!alternatives) return [`what Trigger ${metadata.name} filters by a dialect that is not checked`];
        return alternatives.map((attributes) => delivery(`Broker ${spec.broker}`, attributes, spec.subscriber.uri));
      })
      .concat(straightTo(name, manifests)),
  );
  return [
    ...[...wanted].filter((one) => !brought.has(one)).map((one) => `no Trigger brings it ${one}`),
    ...[...brought].filter((one) => !wanted.has(one)).map((one) => `a Trigger brings it ${one}`),
  ];
}

/** What is brought for one entry: alerts come by the alert types, each by name, everything else as one. */
function deliveriesOf(taken: Consumed): string[] {
  if ("ping" in taken) {
    const from = taken.straight ? "its own PingSource" : "Broker healing";
    return [delivery(from, { type: pingType, autohealwake: taken.ping }, taken.path)];
  }
  const { broker } = eventKinds[taken.event];
  const attributes = { type: eventType(taken.event), ...taken.filter };
  const each =
    taken.event === "alerts.received" ? alertTypes.map((alerttype) => ({ alerttype, ...attributes })) : [attributes];
  return each.map((one) => delivery(`Broker ${broker}`, one, taken.path));
}

type Attributes = Readonly<Record<string, string>>;

/** What PingSources bring a function straight. */
function straightTo(name: string, manifests: readonly Manifest[]): string[] {
  return manifests.flatMap(({ kind, spec }) => {
    const { ref, uri } = spec?.sink ?? {};
    if (kind !== "PingSource" || ref?.kind !== "Service" || ref.name !== name) return [];
    return [delivery("its own PingSource", { type: pingType, ...spec.ceOverrides?.extensions }, uri)];
  });
}

function delivery(from: string, attributes: Attributes, path = "/"): string {
  const sorted = Object.entries(attributes).sort(([a], [b]) => a.localeCompare(b));
  return `${sorted.map(([key, value]) => `${key}=${value}`).join(" ")} from ${from} at ${path}`;
}

interface Filter {
  exact?: Attributes;
  any?: readonly Filter[];
}

/** The attributes that pass all filters, one entry for each way to pass; undefined for dialects but `exact` and `any`. */
function alternativesOf(filters: readonly Filter[]): Attributes[] | undefined {
  let ways: Attributes[] = [{}];
  for (const { exact, any } of filters) {
    const these = exact ? [exact] : any?.map((one) => one.exact);
    if (!these) return undefined;
    const passes: Attributes[] = [];
    for (const one of these) {
      if (!one) return undefined;
      passes.push(...ways.map((way) => ({ ...way, ...one })));
    }
    ways = passes;
  }
  return ways;
}

/** Where `K_SINK` is not the one Broker that carries what a function posts. */
export function bindingProblems(
  { name, produces, environment }: FunctionContract,
  manifests: readonly Manifest[],
): string[] {
  const wanted = new Set(produces.map((event) => eventKinds[event].broker));
  const bound = manifests
    .filter(({ kind, spec }) => kind === "SinkBinding" && spec.subject.name === name)
    .map(({ spec }) => String(spec.sink.ref.name));
  const list = (brokers: Iterable<string>) => [...brokers].sort().join(" and ") || "none";
  return [
    ...(wanted.size > 1 ? [`it posts to Brokers ${list(wanted)}, and K_SINK can name only one`] : []),
    ...(list(wanted) === list(bound)
      ? []
      : [`its SinkBinding leads to Broker ${list(bound)}, its events go by ${list(wanted)}`]),
    ...(environment.includes("K_SINK") === wanted.size > 0
      ? []
      : ["K_SINK belongs to its environment when it posts events, and only then"]),
  ];
}
