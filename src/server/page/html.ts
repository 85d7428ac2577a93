import { html } from 'hono/html';

/** Markup in which every text from outside is escaped already. */
export type Html = ReturnType<typeof html>;

export { html };
