/** A refusal or failure that an app answers with a chosen status; anything else that is thrown becomes 500. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "HttpError";
    this.status = status;
  }
}
