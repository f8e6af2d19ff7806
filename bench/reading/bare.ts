import type { RequestListener, ServerResponse } from 'node:http'

type Row = readonly (string | number | null)[]
type Rows = readonly Row[]

/** What a driver does for the bare server: both statements, prepared. */
interface Reads {
  list(limit: number, offset: number): Rows | Promise<Rows>
  one(id: number): Rows | Promise<Rows>
  stories(limit: number, offset: number): Rows | Promise<Rows>
  comments(articles: readonly number[]): Rows | Promise<Rows>
  readonly instant: (text: string) => string
  readonly boolean: (value: Row[number]) => string
  readonly decimal: (value: Row[number]) => string
}

const names = ['id', 'title', 'slug', 'body', 'views', 'price', 'featured', 'publishedAt', 'categoryId', 'createdAt']
const selected = names.map((name) => `"${name}"`).join(', ')
const visible = 'article."deletedAt" IS NULL'
const order = 'ORDER BY article."publishedAt" DESC, article."id" DESC'
const stories =
  'SELECT article."id", "title", "publishedAt", author."id", author."name", category."id", category."name" FROM article ' +
  'LEFT JOIN author ON author."id" = article."authorId" LEFT JOIN category ON category."id" = article."categoryId" ' +
  `WHERE ${visible} ${order}`
const comments = 'SELECT "articleId", "id", "text" FROM comment WHERE "articleId"'

/** Answers the three requests with nothing but the driver and node:http. */
export async function bareServer(options: BareOptions): Promise<RequestListener> {
  const reads = options.type === 'postgres' ? await postgresReads(options) : await sqliteReads(options)
  const write = (row: Row): string =>
    `{"id":${row[0]},"title":${JSON.stringify(row[1])},"slug":${JSON.stringify(row[2])},"body":${JSON.stringify(row[3])},` +
    `"views":${row[4]},"price":${reads.decimal(row[5]!)},"featured":${reads.boolean(row[6]!)},` +
    `"publishedAt":"${reads.instant(row[7] as string)}","categoryId":${row[8]},"createdAt":"${reads.instant(row[9] as string)}"}`
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    const [, query] = path.split('?')
    if (query === undefined && path.startsWith('/articles/')) {
      const [row] = await reads.one(Number(path.slice(10)))
      send(response, row ? 200 : 404, row ? write(row) : '{}')
      return
    }
    const page = Number(new URLSearchParams(query).get('page') ?? 1)
    const isStory = path.startsWith('/stories')
    const offset = (page - 1) * 20
    const rows = await (isStory ? reads.stories(21, offset) : reads.list(21, offset))
    const seen = rows.slice(0, 20)
    const shown = (isStory ? await writeStories(seen, reads) : seen.map(write)).join(',')
    const pagination = `{"page":${page},"pageSize":20,"hasNext":${rows.length > 20},"hasPrevious":${page > 1}}`
    send(response, 200, `{"data":[${shown}],"pagination":${pagination}}`)
  }
  return (request, response) => void answer(request.url ?? '/', response)
}

async function writeStories(rows: Rows, reads: Reads): Promise<readonly string[]> {
  const byArticle = new Map<Row[number], string[]>()
  for (const [article, id, text] of await reads.comments(rows.map(([id]) => id as number))) {
    const found = byArticle.get(article!) ?? []
    byArticle.set(article!, found)
    found.push(`{"id":${id},"text":${JSON.stringify(text)}}`)
  }
  const named = (id: Row[number] | undefined, name: Row[number] | undefined): string =>
    id === null ? 'null' : `{"id":${id},"name":${JSON.stringify(name)}}`
  return rows.map((row) => {
    const found = byArticle.get(row[0]!) ?? []
    return (
      `{"id":${row[0]},"title":${JSON.stringify(row[1])},"publishedAt":"${reads.instant(row[2] as string)}",` +
      `"author":${named(row[3], row[4])},"category":${named(row[5], row[6])},` +
      `"comments":{"data":[${found.slice(0, 100).join(',')}],"hasMore":${found.length > 100}}}`
    )
  })
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

/** What the bare server is told of its database. */
export interface BareOptions {
  readonly type: string
  readonly database: string
  readonly host?: string
  readonly port?: number
  readonly username?: string
  readonly password?: string
  readonly extra?: { readonly options: string; readonly max: number }
}

async function postgresReads({ username, extra, ...options }: BareOptions): Promise<Reads> {
  const { default: pg } = await import('pg')
  const session = `${extra?.options} -c TimeZone=UTC`
  const pool = new pg.Pool({ ...options, user: username, max: extra?.max ?? 10, options: session })
  const types = { getTypeParser: () => (text: string) => text }
  const read = async (name: string, text: string, values: readonly unknown[]): Promise<Rows> =>
    (await pool.query({ name, text, values: [...values], rowMode: 'array', types })).rows
  return {
    list: (limit, offset) =>
      read('list', `SELECT ${selected} FROM article WHERE ${visible} ${order} LIMIT $1 OFFSET $2`, [limit, offset]),
    one: (id) => read('one', `SELECT ${selected} FROM article WHERE id = $1 AND ${visible}`, [id]),
    stories: (limit, offset) => read('stories', `${stories} LIMIT $1 OFFSET $2`, [limit, offset]),
    comments: (articles) => read('comments', `${comments} = ANY($1) ORDER BY id`, [articles]),
    instant: (text) => {
      const fraction = text.slice(19, -3)
      return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction === '' ? '.000' : fraction.padEnd(4, '0')}Z`
    },
    boolean: (value) => (value === 't' ? 'true' : 'false'),
    decimal: (value) => `"${value}"`,
  }
}

async function sqliteReads({ database }: BareOptions): Promise<Reads> {
  const { default: Database } = await import('libsql')
  const connection = new Database(database)
  const list = connection
    .prepare(`SELECT ${selected} FROM article WHERE ${visible} ${order} LIMIT ? OFFSET ?`)
    .raw(true)
  const one = connection.prepare(`SELECT ${selected} FROM article WHERE id = ? AND ${visible}`).raw(true)
  const listed = connection.prepare(`${stories} LIMIT ? OFFSET ?`).raw(true)
  const said = connection.prepare(`${comments} IN (${Array(20).fill('?').join()}) ORDER BY id`).raw(true)
  return {
    list: (limit, offset) => list.all(BigInt(limit), BigInt(offset)) as Rows,
    one: (id) => {
      const row = one.get(BigInt(id)) as Row | undefined
      return row ? [row] : []
    },
    stories: (limit, offset) => listed.all(BigInt(limit), BigInt(offset)) as Rows,
    comments: (articles) => said.all(...articles.map(BigInt)) as Rows,
    instant: (text) => `${text.slice(0, 10)}T${text.slice(11)}Z`,
    boolean: (value) => (value === 1 ? 'true' : 'false'),
    decimal: (value) => `"${(value as number).toFixed(2)}"`,
  }
}
