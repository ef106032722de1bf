import { Agent } from "node:http";
import { Duplex } from "node:stream";

/**
 * The way out that an app holds for its whole life, to its peers or to its store. A firewall that forgot it makes it
 * *dead*: what is written vanishes, no answer comes and no error either, and nothing but a restart opens a new one.
 */
export class Connection {
  // Without keep-alive every call is a new TCP connection, so that a Service balances calls and not callers.
  readonly #open = new Agent({ keepAlive: false });
  readonly #dead = new DeadAgent();
  #isDead = false;

  /** The agent that calls to peers go through. */
  get agent(): Agent {
    return this.#isDead ? this.#dead : this.#open;
  }

  die(): void {
    this.#isDead = true;
  }

  revive(): void {
    this.#isDead = false;
  }

  /** Asks the far end for a sign of life: answers at once, or rejects when none came within the given time. */
  async roundTrip(timeoutMilliseconds: number): Promise<void> {
    if (!this.#isDead) return;
    await new Promise((_, reject) => {
      const error = new Error(`no answer on the held connection within ${timeoutMilliseconds} ms`);
      setTimeout(reject, timeoutMilliseconds, error);
    });
  }
}

class DeadAgent extends Agent {
  override createConnection(): Duplex {
    return new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  }
}
