import type { JSX } from 'hono/jsx/jsx-runtime';

/** Markup in which every text from outside is escaped already. */
export type Html = JSX.Element;
