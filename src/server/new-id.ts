/** The id of what a client has not named: a UUIDv7, so later ids sort after earlier ones. */
export { v7 as newId } from 'uuid';
