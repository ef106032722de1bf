/**
 * An alert is Alertmanager's word that a rule's symptom is there. It says where to look, never what to do.
 * Source: Alertmanager's webhook configuration and `template.Data`, version 4.
 */
export { type Alert, type AlertBatch, alertKey, type HeldAlert, isFiring, isHeartbeat } from "./alert.ts";
export { batchesOf, batchId, maxBatchBytes, splitBatch } from "./batch.ts";
export { highestSeverity, type Severity, severities, severityOf } from "./severity.ts";
export { type Target, targetOf, targetSubject, type WorkloadKind, workloadKinds } from "./target.ts";
export { type AlertType, alertTypeOf, alertTypes } from "./type.ts";
export { type ParsedWebhook, parseWebhook, type Webhook } from "./webhook.ts";
