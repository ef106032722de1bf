import type { CloudEvent } from "./cloud-event.ts";

type Attributes = Readonly<Record<string, string>>;

/** One entry of a Trigger's `filters`: exactly one dialect. */
export interface Filter {
  exact?: Record<string, string>;
  prefix?: Record<string, string>;
  suffix?: Record<string, string>;
  all?: Filter[];
  any?: Filter[];
  not?: Filter;
}

/** The part of a Trigger's spec that chooses events; `filters` overrides `filter`, neither takes every event. */
export interface Selection {
  filter?: { attributes?: Record<string, string> };
  filters?: Filter[];
}

/** Says what Knative's webhook (or this sandbox) refuses in a Trigger's filters, or undefined when all is well. */
export function filterProblem(selection: Selection): string | undefined {
  for (const filter of selection.filters ?? []) {
    const dialects = Object.keys(filter);
    if (dialects.length !== 1) return `a filter has one dialect, not ${dialects.length}: ${dialects.join(", ")}`;
    const [dialect = ""] = dialects;
    if (!["exact", "prefix", "suffix", "all", "any", "not"].includes(dialect)) {
      return `the sandbox does not serve the filter dialect "${dialect}"`;
    }
    const inner = filterProblem({ filters: [...(filter.all ?? []), ...(filter.any ?? []), ...orNone(filter.not)] });
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** Whether a Trigger takes an event. */
export function takes(selection: Selection, event: CloudEvent): boolean {
  const attributes: Attributes =
    event.contentType === undefined ? event.attributes : { ...event.attributes, datacontenttype: event.contentType };
  if (selection.filters !== undefined && selection.filters.length > 0) {
    return selection.filters.every((filter) => passes(filter, attributes));
  }
  // In the older `filter` an empty value stands for any value, but the attribute must be there.
  return compare(selection.filter?.attributes, attributes, (value, wanted) => wanted === "" || value === wanted);
}

function passes(filter: Filter, attributes: Attributes): boolean {
  if (filter.exact !== undefined) return compare(filter.exact, attributes, (value, wanted) => value === wanted);
  if (filter.prefix !== undefined)
    return compare(filter.prefix, attributes, (value, wanted) => value.startsWith(wanted));
  if (filter.suffix !== undefined) return compare(filter.suffix, attributes, (value, wanted) => value.endsWith(wanted));
  if (filter.all !== undefined) return filter.all.every((inner) => passes(inner, attributes));
  if (filter.any !== undefined) return filter.any.some((inner) => passes(inner, attributes));
  return filter.not !== undefined && !passes(filter.not, attributes);
}

function compare(
  wanted: Record<string, string> | undefined,
  attributes: Attributes,
  fits: (value: string, wanted: string) => boolean,
): boolean {
  return Object.entries(wanted ?? {}).every(([name, value]) => {
    const actual = attributes[name];
    return actual !== undefined && fits(actual, value);
  });
}

function orNone(filter: Filter | undefined): Filter[] {
  return filter === undefined ? [] : [filter];
}
