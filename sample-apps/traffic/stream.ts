import type { Peer } from "../lib/index.ts";

/** The directory of user has the ids 1 to 30; one third of them meet the bug of user 2.0.0. */
const users = 30;

/**
 * A steady stream of profile requests, evenly over all users. At most `maxInFlight` are open at once: what would come
 * on top is skipped and counted, so that a slow target gets less traffic and not a pile of it.
 */
export class Stream {
  readonly #target: Peer;
  readonly #maxInFlight: number;
  readonly #onSkip: () => void;
  #timer: NodeJS.Timeout | undefined;
  #rps = 0;
  #inFlight = 0;
  #sent = 0;
  #token: string | undefined;

  constructor(target: Peer, maxInFlight: number, onSkip: () => void) {
    this.#target = target;
    this.#maxInFlight = maxInFlight;
    this.#onSkip = onSkip;
  }

  get rps(): number {
    return this.#rps;
  }

  /** 0 pauses. */
  setRate(rps: number): void {
    clearInterval(this.#timer);
    this.#rps = rps;
    this.#timer = rps > 0 ? setInterval(() => this.#tick(), 1000 / rps) : undefined;
  }

  #tick(): void {
    if (this.#inFlight >= this.#maxInFlight) {
      this.#onSkip();
      return;
    }
    this.#inFlight += 1;
    // A failure is in the client's metrics already.
    void (this.#token === undefined ? this.#login() : this.#visit(this.#token))
      .catch(() => {})
      .finally(() => {
        this.#inFlight -= 1;
      });
  }

  async #login(): Promise<void> {
    const { body } = await this.#target.call({ method: "POST", path: "/login", body: { subject: "traffic" } });
    if (typeof body === "object" && body !== null && "token" in body && typeof body.token === "string") {
      this.#token = body.token;
    }
  }

  async #visit(token: string): Promise<void> {
    const id = (this.#sent % users) + 1;
    this.#sent += 1;
    const { status } = await this.#target.call({
      path: `/profile/${id}`,
      headers: { authorization: `Bearer ${token}` },
    });
    if (status === 401) this.#token = undefined;
  }
}
