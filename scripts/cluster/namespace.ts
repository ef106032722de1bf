/** AutoHeal's own namespace, and the label that is on everything of it. */
export const ownNamespace = "autoheal";
export const partOf = "app.kubernetes.io/part-of=autoheal";
