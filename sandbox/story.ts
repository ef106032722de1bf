/** Colours of a terminal; without them the text is the same. */
const teal = (text: string, colour: boolean) => (colour ? `\u001b[38;5;30m${text}\u001b[0m` : text);
const bold = (text: string, colour: boolean) => (colour ? `\u001b[1m${text}\u001b[0m` : text);

/** An Incident as far as its story is told; the sandbox knows it only by what the cluster holds. */
export interface ToldIncident {
  metadata: { name: string; namespace: string };
  spec: { subject: string };
  status?: {
    alerts: { name: string; startsAt: string; endsAt?: string; severity?: string; labels: Record<string, string> }[];
    diagnosis?: { cause: string; for: { text: string }[]; against: { text: string }[] };
    hold?: { reason: string; message: string };
    remediations: {
      id: string;
      remedy: string;
      change: Record<string, unknown>;
      state: string;
      outcome?: string;
      message?: string;
      healthySince?: string;
    }[];
    outbox: { id: string; event: string; title: string; lines: string[] }[];
    phase: string;
    outcome?: string;
    closedAt?: string;
  };
}

/** What is new between two states of an incident, a line each, in the order in which it happened. */
export function storyLines(before: ToldIncident | undefined, after: ToldIncident, colour: boolean): string[] {
  const old = printable(before?.status);
  const now = printable(after.status);
  if (!now) return [];
  const say = (word: string, text: string) => `${teal(word.padEnd(9), colour)} ${text}`;
  const lines: string[] = [];
  for (const alert of now.alerts) {
    const known = old?.alerts.find(
      ({ name, startsAt, labels }) =>
        name === alert.name && startsAt === alert.startsAt && labels.pod === alert.labels.pod,
    );
    const where = alert.labels.pod ?? alert.labels.deployment ?? alert.labels.service ?? after.spec.subject;
    if (!known) lines.push(say("alert", `${bold(alert.name, colour)} on ${where}`));
    if (alert.endsAt && known && !known.endsAt) lines.push(say("resolved", `${alert.name} on ${where}`));
  }
  if (now.diagnosis && now.diagnosis.cause !== old?.diagnosis?.cause) {
    lines.push(say("diagnosis", bold(now.diagnosis.cause, colour)));
    for (const { text } of now.diagnosis.for) lines.push(`${" ".repeat(10)}for: ${text}`);
    for (const { text } of now.diagnosis.against) lines.push(`${" ".repeat(10)}against: ${text}`);
  }
  if (now.hold && now.hold.reason !== old?.hold?.reason) {
    lines.push(say("hold", `${bold(now.hold.reason, colour)}: ${now.hold.message}`));
  }
  for (const remediation of now.remediations) {
    const known = old?.remediations.find(({ id }) => id === remediation.id);
    const remedy = `${bold(remediation.remedy, colour)}: ${changeText(remediation.change)}`;
    if (!known) lines.push(remediation.id.endsWith("-undo") ? say("undo", `by ${remedy}`) : say("action", remedy));
    if (remediation.state !== known?.state && remediation.state === "Applied")
      lines.push(say("applied", "written to the cluster; now the proof"));
    if (remediation.healthySince && !known?.healthySince) lines.push(say("proof", "healthy; it has to stay so"));
    if (remediation.outcome && !known?.outcome) {
      lines.push(
        say("outcome", `${bold(remediation.outcome, colour)}${remediation.message ? `: ${remediation.message}` : ""}`),
      );
    }
  }
  if (now.phase === "Escalated" && old?.phase !== "Escalated") {
    lines.push(say("escalated", bold("a person is needed", colour)));
    // The first line is the hold's own message.
    const [, ...advice] = now.outbox.findLast(({ event }) => event === "escalated")?.lines ?? [];
    for (const line of advice) lines.push(`${" ".repeat(10)}${line}`);
    lines.push(`${" ".repeat(10)}Here, \`npm run break -- mend\` ends all switched faults.`);
  }
  if (now.phase === "Closed" && old?.phase !== "Closed") {
    const began = Math.min(...now.alerts.map(({ startsAt }) => Date.parse(startsAt)));
    const took = Math.round((Date.parse(now.closedAt ?? "") - began) / 1000);
    const when = Number.isFinite(took) ? `, ${took} s after its first alert` : "";
    const how = now.outcome === "Succeeded" ? "healed and proven healthy" : `closed, ${now.outcome}`;
    lines.push(say("closed", bold(`${after.spec.subject} ${how}${when}`, colour)));
  }
  return lines;
}

/** The same without control characters: labels and messages come from anywhere, and a terminal obeys them. */
function printable<T>(status: T): T {
  const text = JSON.stringify(status);
  if (text === undefined) return status;
  return JSON.parse(text, (_name, value) =>
    typeof value === "string" ? value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ") : value,
  );
}

function changeText(change: Record<string, unknown>): string {
  switch (change.what) {
    case "restartRollout":
      return "all pods, one after the other";
    case "restartPods":
      return `pods ${(change.pods as { name: string }[]).map(({ name }) => name).join(", ")}`; // reason: the CRD's schema
    case "setReplicas":
      return `replicas ${change.fromReplicas} → ${change.replicas}`;
    case "setMaxReplicas":
      return `maxReplicas ${change.fromMaxReplicas} → ${change.maxReplicas}`;
    default:
      return `${change.fromRevision} → ${change.toRevision}`;
  }
}
