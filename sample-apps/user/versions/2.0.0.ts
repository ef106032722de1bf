import { createHash, randomUUID } from "node:crypto";
import { callerOf, HttpError, run } from "../../lib/index.ts";
import { drawAvatar } from "../avatar.ts";
import { findUser } from "../directory.ts";

/**
 * The release that should not have gone out: users get an avatar and their name in two parts. It has two true bugs,
 * and no test of its own would have met them:
 *
 * - `splitName` holds every name to be two words. A third of the directory has one: these requests answer 500.
 * - Avatars are cached by request and not by user, so nothing is ever found, and nothing is ever taken out: 64 KiB stay
 *   behind with each request, outside V8's heap, until the container is OOMKilled.
 */
run({
  name: "user",
  version: "2.0.0",
  start({ peer }) {
    const auth = peer("auth");
    const avatars = new Map<string, Buffer>();

    const avatarOf = (requestId: string, name: string): Buffer => {
      const key = `${requestId}/${name}`;
      const avatar = avatars.get(key) ?? drawAvatar(name);
      avatars.set(key, avatar);
      return avatar;
    };

    return {
      routes: [
        {
          method: "get",
          path: "/users/:id",
          async handle(request) {
            await callerOf(request, auth);
            const user = findUser(String(request.params.id));
            if (!user) throw new HttpError(404, "no such user");
            const avatar = avatarOf(request.get("x-request-id") ?? randomUUID(), user.name);
            const avatarHash = createHash("sha256").update(avatar).digest("hex");
            return { body: { ...user, ...splitName(user.name), avatar: avatarHash } };
          },
        },
      ],
    };
  },
});

function splitName(name: string): { given: string; family: string } {
  const [given, family] = name.split(" ");
  if (!given || !family) throw new SyntaxError(`cannot parse the name: no family part in ${name.length} characters`);
  return { given, family };
}
