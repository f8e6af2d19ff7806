/** The isolation levels of SQL. SQLite has one connection that writes, and so gives SERIALIZABLE whatever is asked. */
export type IsolationLevel = 'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE'

/** The same on every server: a read after waiting for a lock sees what its last holder committed. */
export const defaultIsolation: IsolationLevel = 'READ COMMITTED'
