import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataSource } from 'plinth'
import { postgresServer, runOnPostgres } from '../../spec/support/postgres-server.js'
import { entities } from './articles.js'

/** A database with 100,000 articles. */
export interface ArticleDatabase {
  readonly engine: string
  readonly options: object
  drop(): Promise<void>
}

const body = 'Lorem ipsum dolor sit amet, consectetur "adipiscing" elit, sed do eiusmod tempor incididunt ut labore.'

const columns =
  '"id", "title", "slug", "body", "views", "price", "featured", "publishedAt", "categoryId", "createdAt", "updatedAt", "deletedAt", "authorId"'

export async function createSqlite(): Promise<ArticleDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'plinth-reading-'))
  const options = { type: 'sqlite', database: join(directory, 'articles.sqlite') } as const
  const instant = `strftime('%Y-%m-%d %H:%M:%f', '2024-01-01', '+' || n || ' minutes')`
  await fill(
    options,
    (most) => `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${most})`,
    `INSERT INTO article (${columns})
     SELECT n, 'Article ' || n, 'article-' || n, '${body}', n % 1000, n % 1000 + 0.5, n % 2, ${instant},
       CASE WHEN n % 7 = 0 THEN NULL ELSE 1 + n % 20 END, ${instant}, ${instant},
       CASE WHEN n % 10 = 0 THEN ${instant} END, 1 + n % 50
     FROM numbers`,
  )
  return { engine: 'SQLite', options, drop: () => rm(directory, { recursive: true }) }
}

/** Undefined where no server can be reached. */
export async function createPostgres(): Promise<ArticleDatabase | undefined> {
  const schema = `plinth_reading_${randomBytes(4).toString('hex')}`
  try {
    await runOnPostgres(`CREATE SCHEMA ${schema}`)
  } catch {
    return undefined
  }
  const { user: username, ...rest } = postgresServer
  const extra = { options: `-c search_path=${schema}`, max: 10 }
  const options = { type: 'postgres', ...rest, username, extra, installExtensions: false } as const
  const instant = `timestamptz '2024-01-01 00:00:00+00' + n * interval '1 minute'`
  await fill(
    options,
    (most) => `WITH numbers(n) AS (SELECT generate_series(1, ${most}))`,
    `INSERT INTO article (${columns})
     SELECT n, 'Article ' || n, 'article-' || n, '${body}', n % 1000, n % 1000 + 0.5, n % 2 = 1, ${instant},
       CASE WHEN n % 7 = 0 THEN NULL ELSE 1 + n % 20 END, ${instant}, ${instant}, CASE WHEN n % 10 = 0 THEN ${instant} END,
       1 + n % 50
     FROM numbers`,
  )
  return { engine: 'PostgreSQL', options, drop: () => runOnPostgres(`DROP SCHEMA ${schema} CASCADE`) }
}

/** @param numbers the beginning of a statement that knows all numbers up to one. */
async function fill(options: object, numbers: (most: number) => string, articles: string): Promise<void> {
  const dataSource = createDataSource({ ...options, entities, synchronize: true } as never)
  await dataSource.initialize()
  try {
    for (const [table, count] of [
      ['author', 50],
      ['category', 20],
    ] as const) {
      const names = `SELECT n, '${table} ' || n FROM numbers`
      await dataSource.query(`${numbers(count)} INSERT INTO ${table} ("id", "name") ${names}`)
    }
    await dataSource.query(`${numbers(100_000)} ${articles}`)
    const comments = `SELECT n, 'Comment "' || n || '"', (n + 1) / 2 FROM numbers`
    await dataSource.query(`${numbers(200_000)} INSERT INTO comment ("id", "text", "articleId") ${comments}`)
    await dataSource.query('ANALYZE')
  } finally {
    await dataSource.destroy()
  }
}
