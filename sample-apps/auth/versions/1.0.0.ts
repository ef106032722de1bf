import { HttpError, numberSetting, run, textSetting } from "../../lib/index.ts";
import { signToken, verifyToken } from "../token.ts";

const storeTimeoutMilliseconds = 1000;

run({
  name: "auth",
  version: "1.0.0",
  start({ env, connection }) {
    const key = textSetting(env, "SIGNING_KEY");
    const lifetimeSeconds = numberSetting(env, "TOKEN_LIFETIME_SECONDS", { standard: 3600, min: 1, max: 86_400 });
    const now = () => Math.floor(Date.now() / 1000);

    /** Each use of the key is checked with the key store, so that a withdrawn key would stop at once. */
    const signingKey = async () => {
      try {
        await connection.roundTrip(storeTimeoutMilliseconds);
      } catch {
        throw new HttpError(503, "the key store does not answer");
      }
      return key;
    };

    return {
      routes: [
        {
          method: "post",
          path: "/tokens",
          async handle({ body }) {
            const subject = body?.subject;
            if (typeof subject !== "string" || subject === "") throw new HttpError(400, "subject must be a text");
            const expires = now() + lifetimeSeconds;
            return { status: 201, body: { token: signToken({ subject, expires }, await signingKey()), expires } };
          },
        },
        {
          method: "post",
          path: "/tokens/verify",
          async handle({ body }) {
            if (typeof body?.token !== "string") throw new HttpError(400, "token must be a text");
            const verdict = verifyToken(body.token, await signingKey(), now());
            if (!verdict.valid) throw new HttpError(401, `token refused: ${verdict.reason}`);
            return { body: verdict.claims };
          },
        },
      ],
    };
  },
});
