import { randomUUID } from 'node:crypto'
import type { Row, Statements } from './hand-written.js'
import { type ArticleInput, slugOf } from './input.js'

/** The columns that rows are read with. */
export const columns = '"id","title","slug","body","words","categoryId","metadata","createdAt","updatedAt"'
const order = 'ORDER BY "createdAt" DESC, "id" DESC'
/** Rows that are not deleted. */
export const live = '"deletedAt" IS NULL'
export const marks = (count: number): string => Array.from({ length: count }, () => '?').join()

/** A part of an UPDATE, and its parameters. */
export interface Stamp {
  readonly setting: string
  readonly values: readonly string[]
}

/** What one would write by hand for articles: each action in as few statements as it takes. */
export class ArticleStore {
  protected readonly statements: Statements

  constructor(statements: Statements) {
    this.statements = statements
  }

  page(size: number, skipped: number): Promise<readonly Row[]> {
    const sql = `SELECT ${columns} FROM articles WHERE ${live} ${order} LIMIT ? OFFSET ?`
    return this.statements.all(sql, [size, skipped])
  }

  async count(): Promise<number> {
    const [row] = await this.statements.all(`SELECT count(*) FROM articles WHERE ${live}`, [])
    return Number(row![0])
  }

  /** The rows behind one, which is named by its instant as the engine has it and by its id. */
  after([instant, id]: readonly [string, string], size: number): Promise<readonly Row[]> {
    const sql = `SELECT ${columns} FROM articles WHERE ${live} AND ("createdAt","id") < (?,?) ${order} LIMIT ?`
    return this.statements.all(sql, [instant, id, size])
  }

  async find(id: string): Promise<Row | undefined> {
    return (await this.statements.all(`SELECT ${columns} FROM articles WHERE "id" = ? AND ${live}`, [id]))[0]
  }

  async create(input: ArticleInput): Promise<Row> {
    return (await this.createAll([input]))[0]!
  }

  async createAll(inputs: readonly ArticleInput[]): Promise<readonly Row[]> {
    const slugs = inputs.map(({ title }) => slugOf(title))
    const sought = `SELECT "slug" FROM articles WHERE "slug" IN (${marks(slugs.length)}) AND ${live}`
    const taken = new Set((await this.statements.all(sought, slugs)).map(([slug]) => slug))
    const now = instant()
    const values = inputs.flatMap(({ title, body, words, categoryId, metadata }, index) => {
      const slug = slugs[index]!
      const free = taken.has(slug) ? `${slug}-${randomUUID().slice(0, 8)}` : slug
      return [randomUUID(), title, free, body, words, categoryId, JSON.stringify(metadata ?? {}), now, now]
    })
    const tuples = inputs.map(() => `(${marks(9)})`).join()
    return this.statements.all(`INSERT INTO articles (${columns}) VALUES ${tuples} RETURNING ${columns}`, values)
  }

  async change(id: string, input: Partial<ArticleInput>): Promise<Row | undefined> {
    const names = (['title', 'body', 'words', 'categoryId', 'metadata'] as const).filter(
      (name) => input[name] !== undefined,
    )
    const stamp = this.stampOf(instant())
    const settings = [...names.map((name) => `"${name}" = ?`), stamp.setting].join()
    const values = names.map((name) => (name === 'metadata' ? JSON.stringify(input[name]) : input[name]))
    const sql = `UPDATE articles SET ${settings} WHERE "id" = ? AND ${live} RETURNING ${columns}`
    return (await this.statements.all(sql, [...values, ...stamp.values, id]))[0]
  }

  async remove(ids: readonly string[]): Promise<number> {
    const now = instant()
    const stamp = this.stampOf(now)
    const set = `UPDATE articles SET "deletedAt" = ?, ${stamp.setting}`
    const sql = `${set} WHERE "id" IN (${marks(ids.length)}) AND ${live}`
    return this.statements.run(sql, [now, ...stamp.values, ...ids])
  }

  /** What says in an UPDATE when a row was changed. */
  protected stampOf(now: string): Stamp {
    return { setting: '"updatedAt" = ?', values: [now] }
  }
}

/** The present as both engines take it. */
export const instant = (): string => new Date().toISOString().replace('T', ' ').replace('Z', '')

/** An instant as an engine writes it, in the way of JSON. */
export function isoOf(text: string): string {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? ''
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
}

/** Where the next page begins, as a text of one's own. */
export const cursorOf = (row: Row | undefined): string | null =>
  row ? Buffer.from(JSON.stringify([row[7], row[0]])).toString('base64url') : null

/** What a cursor says. */
export const readCursor = (cursor: string): readonly [string, string] =>
  JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string]
