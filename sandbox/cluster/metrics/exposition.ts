/** One metric family in the text format of Prometheus. */
export interface Family {
  name: string;
  help: string;
  type: "gauge" | "counter";
  samples: Sample[];
}
export type Sample = [labels: Record<string, string | undefined>, value: number];

/** The text that Prometheus scrapes; labels that are undefined are left out, as are families without samples. */
export function expose(families: Family[]): string {
  const texts = families.filter(({ samples }) => samples.length > 0).map(family);
  return texts.join("");
}

function family({ name, help, type, samples }: Family): string {
  const lines = samples.map(([labels, value]) => `${name}{${labelsOf(labels)}} ${value}`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
}

function labelsOf(labels: Record<string, string | undefined>): string {
  const known = Object.entries(labels).filter(([, value]) => value !== undefined);
  return known.map(([name, value]) => `${name}="${escaped(value ?? "")}"`).join();
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
