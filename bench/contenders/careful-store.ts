import { randomUUID } from 'node:crypto'
import { ArticleStore, columns, instant, live, marks, type Stamp } from './article-store.js'
import type { Row, Statements } from './hand-written.js'
import { type ArticleInput, slugOf } from './input.js'
import type { Place } from './serve.js'

/** How often other slugs are chosen before a creation gives up. */
const mostAttempts = 10
/** All rows are in one scope of slugs. */
const scope = 'articles'

/**
 * What plinth promises of writes, written by hand in the same statements: a slug is unique among callers who race and is not one
 * that a row gave up, `updatedAt` never goes back, a deletion has an id of its own, and many rows are deleted together or not at all.
 */
export class CarefulStore extends ArticleStore {
  readonly #engine: Place['engine']

  constructor(statements: Statements, engine: Place['engine']) {
    super(statements)
    this.#engine = engine
  }

  override async createAll(inputs: readonly ArticleInput[]): Promise<readonly Row[]> {
    const bases = inputs.map(({ title }) => slugOf(title))
    let slugs: readonly string[] = bases
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      if (new Set(slugs).size === slugs.length) {
        const rows = await this.#insert(inputs, slugs)
        if (rows.length === inputs.length) return rows
      }
      slugs = await this.#others(bases)
    }
    throw new Error('Others are always faster.')
  }

  /** An instant that never goes back. */
  protected override stampOf(now: string): Stamp {
    return { setting: '"updatedAt" = CASE WHEN "updatedAt" >= ? THEN "updatedAt" ELSE ? END', values: [now, now] }
  }

  override async remove(ids: readonly string[]): Promise<number> {
    const now = instant()
    const stamp = this.stampOf(now)
    const set = `UPDATE articles SET "deletedAt" = ?, "deletionId" = ?, ${stamp.setting}`
    const settings = [now, randomUUID(), ...stamp.values]
    if (ids.length === 1) return this.statements.run(`${set} WHERE "id" = ? AND ${live}`, [...settings, ids[0]])
    const keys = [...new Set(ids)].sort()
    if (this.#engine === 'sqlite') {
      const named = '(SELECT value FROM json_each(?))'
      const all = `(SELECT count(*) FROM articles WHERE "id" IN ${named} AND ${live}) = ?`
      const list = JSON.stringify(keys)
      return this.statements.run(`${set} WHERE "id" IN ${named} AND ${all}`, [...settings, list, list, keys.length])
    }
    const found = `SELECT "id" FROM articles WHERE "id" = ANY(?) AND ${live} ORDER BY "id" FOR NO KEY UPDATE`
    const sql = `WITH found AS (${found}) ${set} WHERE "id" = ANY(?) AND (SELECT count(*) FROM found) = ?`
    return this.statements.run(sql, [keys, ...settings, keys, keys.length])
  }

  /** Slugs that nobody has, as far as can be seen now: those that are taken or come twice get something behind them. */
  async #others(bases: readonly string[]): Promise<readonly string[]> {
    const given = `SELECT "slug" FROM articles WHERE "slug" IN (${marks(bases.length)}) AND ${live}`
    const retired = `SELECT "slug" FROM articles_slug_history WHERE "slug" IN (${marks(bases.length)})`
    const rows = await this.statements.all(`${given} UNION ${retired}`, [...bases, ...bases])
    const taken = new Set(rows.map(([slug]) => slug))
    return bases.map((base) => {
      const slug = taken.has(base) ? `${base}-${randomUUID().slice(0, 8)}` : base
      taken.add(slug)
      return slug
    })
  }

  /** Inserts all of them, or none where somebody has one of their slugs. */
  #insert(inputs: readonly ArticleInput[], slugs: readonly string[]): Promise<readonly Row[]> {
    const now = instant()
    const rows = inputs.map(({ title, body, words, categoryId, metadata }, index) => {
      const values = [title, slugs[index]!, body, words, categoryId, JSON.stringify(metadata ?? {})]
      return [randomUUID(), ...values, now, now]
    })
    return this.#engine === 'sqlite' ? this.#insertEmbedded(rows, slugs) : this.#insertLocked(rows, slugs)
  }

  #insertEmbedded(rows: readonly Row[], slugs: readonly string[]): Promise<readonly Row[]> {
    const tuples = rows.map((row) => `(${marks(row.length)})`).join()
    const named = '(SELECT value FROM json_each(?))'
    const isFree = `NOT EXISTS (SELECT 1 FROM articles WHERE "slug" IN ${named} AND ${live})`
    const wasFree = `NOT EXISTS (SELECT 1 FROM articles_slug_history WHERE "scope" = ? AND "slug" IN ${named})`
    const sql = `INSERT INTO articles (${columns}) SELECT * FROM (VALUES ${tuples}) WHERE ${isFree} AND ${wasFree} RETURNING ${columns}`
    const list = JSON.stringify(slugs)
    return this.statements.all(sql, [...rows.flat(), list, scope, list])
  }

  /** Under locks: whoever asks for the same slug waits until this is committed. */
  #insertLocked(rows: readonly Row[], slugs: readonly string[]): Promise<readonly Row[]> {
    const held =
      'INSERT INTO plinth_counters AS held (key, n) SELECT slug, 0 FROM unnest(?::text[]) AS slug ' +
      'ON CONFLICT (key) DO UPDATE SET n = held.n ' +
      'WHERE held.xmin = (SELECT seen.xmin FROM plinth_counters AS seen WHERE seen.key = held.key) RETURNING 1'
    const types = ['uuid', 'varchar', 'varchar', 'text', 'int', 'int', 'jsonb', 'timestamptz', 'timestamptz']
    const lists = types.map((_, place) => rows.map((row) => row[place]))
    const given = `unnest(${types.map((type) => `?::${type}[]`).join()}) WITH ORDINALITY AS given(${columns},place)`
    const isFree = `NOT EXISTS (SELECT 1 FROM unnest(?::varchar[]) AS asked JOIN articles ON "slug" = asked WHERE ${live})`
    const wasFree =
      'NOT EXISTS (SELECT 1 FROM unnest(?::varchar[]) AS asked JOIN articles_slug_history ON "slug" = asked AND "scope" = ?)'
    const sql =
      `WITH held AS (${held}) INSERT INTO articles (${columns}) SELECT ${columns} FROM ${given} ` +
      `WHERE (SELECT count(*) FROM held) = ? AND ${isFree} AND ${wasFree} ORDER BY place RETURNING ${columns}`
    const keys = slugs.map((slug) => `slug ${slug}`).sort()
    return this.statements.all(sql, [keys, ...lists, keys.length, slugs, slugs, scope])
  }
}
