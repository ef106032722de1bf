/**
 * A notification tells people what happened to an incident: one outbox entry, on one channel. Rendering is pure;
 * the same entry gives the same message, under the same name, however often it is sent.
 */
export { DeliveryError, type DeliveryReason } from "./delivery-error.ts";
export { type Email, emailOf, messageId } from "./email.ts";
export { type Involved, type KubernetesEvent, kubernetesEventOf } from "./kubernetes-event.ts";
export { type SlackBlock, type SlackMessage, slackReply, slackRoot } from "./slack-message.ts";
export { causeText, holdTitle, phrase, reasonText } from "./words.ts";
