import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type AccessRequest, forbidden, isAllowed, type User } from "./rbac.ts";
import { notFound, StatusError } from "./status-error.ts";
import type { Store } from "./store.ts";
import type { ApiAnswer } from "./verbs.ts";

/** Who may call: finds the user of a request, issues tokens to ServiceAccounts, and answers access reviews. */
export interface Access {
  /** The user that the bearer token and the impersonation headers name; throws 401 or 403. */
  userOf(headers: IncomingHttpHeaders): User;
  /** The token of a stored ServiceAccount, the same for each call; throws 404 where there is none. */
  tokenFor(namespace: string, serviceAccount: string): string;
  /** Throws 403 where RBAC does not grant the request. */
  require(user: User, request: AccessRequest): void;
  review(user: User, body: unknown): ApiAnswer;
}

const ADMIN: User = { name: "admin", groups: ["system:masters", "system:authenticated"] };

/** Tokens and rights of one sandbox; `adminToken` may everything. */
export function createAccess(store: Store, adminToken: string): Access {
  const users = new Map<string, User>([[adminToken, ADMIN]]);
  const tokens = new Map<string, string>();

  const require = (user: User, request: AccessRequest): void => {
    if (!isAllowed(store, user, request)) throw forbidden(user, request);
  };

  const impersonate = (user: User, name: string): User => {
    const [, namespace, serviceAccount] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
    const asked = { verb: "impersonate", group: "", namespace, name: serviceAccount ?? name };
    require(user, { ...asked, resource: serviceAccount === undefined ? "users" : "serviceaccounts" });
    if (namespace === undefined || serviceAccount === undefined) {
      throw new StatusError(501, "NotImplemented", "the sandbox serves impersonation of ServiceAccounts only");
    }
    return serviceAccountUser(namespace, serviceAccount);
  };

  return {
    require,
    userOf: (headers) => {
      const [, token = ""] = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? "") ?? [];
      const user = users.get(token);
      if (user === undefined) throw new StatusError(401, "Unauthorized", "Unauthorized");
      const wanted = headers["impersonate-user"];
      return wanted === undefined ? user : impersonate(user, String(wanted));
    },
    tokenFor: (namespace, serviceAccount) => {
      if (store.get("serviceaccounts", namespace, serviceAccount) === undefined) {
        throw notFound("serviceaccounts", `${namespace}/${serviceAccount}`);
      }
      const user = serviceAccountUser(namespace, serviceAccount);
      const token = tokens.get(user.name) ?? randomBytes(24).toString("base64url");
      tokens.set(user.name, token);
      users.set(token, user);
      return token;
    },
    review: (user, body) => {
      // The fields of a SelfSubjectAccessReview; whatever else is there selects nothing.
      const spec = (body as { spec?: { resourceAttributes?: Record<string, string> } } | undefined)?.spec;
      const { verb = "", group = "", resource = "", subresource, namespace, name } = spec?.resourceAttributes ?? {};
      const full = subresource ? `${resource}/${subresource}` : resource;
      const asked = { verb, group, resource: full, namespace: namespace || undefined, name: name || undefined };
      const status = { allowed: isAllowed(store, user, asked) };
      const head = { kind: "SelfSubjectAccessReview", apiVersion: "authorization.k8s.io/v1", metadata: {} };
      return { code: 201, body: { ...head, spec, status } };
    },
  };
}

const serviceAccountUser = (namespace: string, name: string): User => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
});
