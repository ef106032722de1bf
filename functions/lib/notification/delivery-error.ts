/** Why a message was not delivered. */
export type DeliveryReason =
  /** The receiver will never take it: wrong address, wrong rights. */
  | "Refused"
  /** It was not delivered: the receiver is away or busy, try again. */
  | "Away"
  /** It may have been delivered: the connection ended before the answer. Look before it is sent again. */
  | "Unclear";

/** A message that was not delivered; the text is the receiver's own short word, and holds no secret. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly reason: DeliveryReason;

  constructor(reason: DeliveryReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
