import type { Incident, IncidentAlert, IncidentStatus, Remediation } from "../incident/index.ts";
import type { Token } from "../ledger/index.ts";

/** The uid of the calm incident. */
export const incidentUid = "5c1d";

/** A firing alert of shop/web, spoken of a minute ago and seen as active. */
export function anAlert(alert: Partial<IncidentAlert> = {}): IncidentAlert {
  return {
    fingerprint: "f1",
    startsAt: "2026-01-01T11:55:00Z",
    name: "ServiceErrorRateHigh",
    type: "errors",
    labels: { alertname: "ServiceErrorRateHigh", namespace: "shop", service: "web" },
    seen: "active",
    receivedAt: "2026-01-01T11:59:00Z",
    ...alert,
  };
}

/** A restart of shop/web that was requested a second ago. */
export function aRemediation(remediation: Partial<Remediation> = {}): Remediation {
  return {
    id: `${incidentUid}-1`,
    remedy: "restart",
    change: { what: "restartRollout" },
    seenUid: "uid-web",
    seenGeneration: 7,
    state: "Requested",
    before: { readyPods: 3 },
    requestedAt: "2026-01-01T11:59:59Z",
    ...remediation,
  };
}

/** The incident of shop/web that requests this remediation. */
export function anIncident(remediation: Remediation = aRemediation(), status: Partial<IncidentStatus> = {}): Incident {
  return {
    apiVersion: "autoheal.dev/v1alpha1",
    kind: "Incident",
    metadata: {
      name: "deployment-web-1",
      namespace: "shop",
      uid: incidentUid,
      resourceVersion: "50",
      creationTimestamp: "2026-01-01T11:55:00Z",
    },
    spec: {
      workload: { kind: "Deployment", namespace: "shop", name: "web" },
      subject: "shop/Deployment/web",
      openedAt: "2026-01-01T11:55:00Z",
    },
    status: {
      phase: "Remediating",
      alerts: [anAlert()],
      evidence: [],
      remediations: [remediation],
      outbox: [],
      ...status,
    },
  };
}

/** The token of a restart of shop/web, reserved a second ago. */
export function aToken(token: Partial<Token> = {}): Token {
  return {
    id: `${incidentUid}-1`,
    workload: "shop/Deployment/web",
    remedy: "restart",
    at: "2026-01-01T11:59:59Z",
    ...token,
  };
}
