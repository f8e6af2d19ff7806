import type { Place } from './serve.js'
import { poolSize, sessionOptions } from './serve.js'

/** A row as its driver gives it, in the order of `columns`. */
export type Row = readonly (string | number)[]

/** Runs statements whose parameters are written `?`. */
export interface Statements {
  all(sql: string, values: readonly unknown[]): Promise<readonly Row[]>
  run(sql: string, values: readonly unknown[]): Promise<number>
}

/** Prepared statements of libsql, or named statements of a pool of PostgreSQL whose values stay texts. */
export function statementsOf(place: Place): Promise<Statements> {
  return place.engine === 'sqlite' ? embedded(place.file) : pooled(place)
}

async function embedded(file: string): Promise<Statements> {
  const { default: Database } = await import('libsql')
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  const prepared = new Map<string, ReturnType<typeof database.prepare>>()
  const statement = (sql: string, rows: boolean) => {
    const known = prepared.get(sql)
    if (known) return known
    const made = database.prepare(sql)
    if (rows) made.raw(true)
    prepared.set(sql, made)
    return made
  }
  return {
    all: async (sql, values) => statement(sql, true).all(...values) as Row[],
    run: async (sql, values) => statement(sql, false).run(...values).changes,
  }
}

async function pooled({ schema, server }: Extract<Place, { engine: 'postgres' }>): Promise<Statements> {
  const { default: pg } = await import('pg')
  const asText = { getTypeParser: () => (text: unknown) => text } as never
  const pool = new pg.Pool({ ...server, max: poolSize, options: sessionOptions(schema), types: asText })
  const named = new Map<string, { readonly name: string; readonly text: string }>()
  const statement = (sql: string) => {
    const known = named.get(sql)
    if (known) return known
    let position = 0
    const made = { name: `s${named.size}`, text: sql.replace(/\?/g, () => `$${(position += 1)}`) }
    named.set(sql, made)
    return made
  }
  const ask = (sql: string, values: readonly unknown[]) =>
    pool.query<(string | number)[]>({ ...statement(sql), values: [...values], rowMode: 'array' })
  return {
    all: async (sql, values) => (await ask(sql, values)).rows,
    run: async (sql, values) => (await ask(sql, values)).rowCount ?? 0,
  }
}
