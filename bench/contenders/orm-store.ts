import { randomUUID } from 'node:crypto'
import libsql from 'libsql'
import { DataSource, type FindOptionsOrder, In, type Repository } from 'typeorm'
import { type ArticleInput, slugOf } from './input.js'
import { type OrmArticle, ormArticle } from './orm-article.js'
import { ormOptions } from './orm-options.js'
import type { Place } from './serve.js'

const order: FindOptionsOrder<OrmArticle> = { createdAt: 'DESC', id: 'DESC' }

interface ListQuery {
  readonly page?: string
  readonly pageSize?: string
  readonly cursor?: string
}

/** Repository code as most projects write it. */
export class OrmStore {
  readonly #rows: Repository<OrmArticle>

  private constructor(rows: Repository<OrmArticle>) {
    this.#rows = rows
  }

  static async open(place: Place): Promise<OrmStore> {
    const entity = ormArticle(place)
    const dataSource = await new DataSource({ ...ormOptions(place, libsql), entities: [entity] }).initialize()
    return new OrmStore(dataSource.getRepository(entity))
  }

  async list({ page = '1', pageSize = '20' }: ListQuery) {
    const take = Math.min(Number(pageSize), 100)
    return { data: await this.#rows.find({ order, take, skip: (Number(page) - 1) * take }), pagination: { page } }
  }

  async counted({ page = '1', pageSize = '20' }: ListQuery) {
    const take = Math.min(Number(pageSize), 100)
    const [data, totalItems] = await this.#rows.findAndCount({ order, take, skip: (Number(page) - 1) * take })
    return { data, pagination: { page, totalItems } }
  }

  async after({ cursor, pageSize = '20' }: ListQuery) {
    const query = this.#rows.createQueryBuilder('a').orderBy('a.createdAt', 'DESC').addOrderBy('a.id', 'DESC')
    if (cursor !== undefined) {
      const [time, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string]
      query.where('(a.createdAt, a.id) < (:time, :id)', { time, id })
    }
    const data = await query.limit(Number(pageSize)).getMany()
    return { data, pagination: { nextCursor: cursorBehind(data.at(-1)) } }
  }

  find(id: string): Promise<OrmArticle | null> {
    return this.#rows.findOneBy({ id })
  }

  async create(input: ArticleInput): Promise<OrmArticle> {
    const slug = slugOf(input.title)
    const taken = await this.#rows.existsBy({ slug })
    return this.#rows.save(this.#rows.create(rowOf(input, slug, taken)))
  }

  async createAll(inputs: readonly ArticleInput[]): Promise<OrmArticle[]> {
    const slugs = inputs.map(({ title }) => slugOf(title))
    const found = await this.#rows.find({ select: { slug: true }, where: { slug: In(slugs) } })
    const taken = new Set(found.map(({ slug }) => slug))
    const rows = inputs.map((input, index) => rowOf(input, slugs[index]!, taken.has(slugs[index]!)))
    return this.#rows.save(this.#rows.create(rows))
  }

  async change(id: string, { title, body, words, categoryId, metadata }: Partial<ArticleInput>) {
    const row = await this.#rows.findOneBy({ id })
    if (!row) return null
    const changes = { title, body, words, categoryId, metadata }
    const given = Object.entries(changes).filter(([, value]) => value !== undefined)
    return this.#rows.save(Object.assign(row, Object.fromEntries(given), { updatedAt: new Date() }))
  }

  async remove(ids: readonly string[]): Promise<number> {
    return (await this.#rows.softDelete({ id: In(ids) })).affected ?? 0
  }
}

/** What SQLite compares with is the text it has stored; PostgreSQL reads the same text. */
function cursorBehind(row: OrmArticle | undefined): string | null {
  if (!row) return null
  const time = row.createdAt.toISOString().replace('T', ' ').replace('Z', '')
  return Buffer.from(JSON.stringify([time, row.id])).toString('base64url')
}

function rowOf({ title, body, words, categoryId, metadata = {} }: ArticleInput, slug: string, taken: boolean) {
  const now = new Date()
  const free = taken ? `${slug}-${randomUUID().slice(0, 8)}` : slug
  const dates = { createdAt: now, updatedAt: now }
  return { id: randomUUID(), slug: free, title, body, words, categoryId, metadata, ...dates }
}
