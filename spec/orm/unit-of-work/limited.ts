import { expect } from 'chai'
import {
  asAppException,
  createDataSource,
  type EngineOptions,
  type ModelDataSource,
  type ModelDataSourceOptions,
} from 'plinth'
import { Column, Entity, PrimaryColumn } from 'typeorm'
import type { Database, Engine } from '../../support/engines.js'

@Entity('limited_guests')
export class Guest {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'int', default: 0 }) visits!: number
}

type Limits = Pick<ModelDataSourceOptions, 'statementLimit' | 'lockLimit' | 'idleTransactionLimit'>

/** Short enough to wait for, long enough for everything that is not meant to be cut. */
export const short = 300

/** The same with so many connections. */
export function narrowed(options: EngineOptions, connections: number): EngineOptions {
  const { extra = {}, type } = options as { readonly extra?: object; readonly type: string }
  const size = type === 'postgres' ? { max: connections } : { connectionLimit: connections }
  return { ...options, extra: { ...extra, ...size } }
}

/** What others wait for until it is opened. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open!: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

export const sleeping = ({ name }: Engine, seconds: number): string =>
  name === 'postgres' ? `SELECT pg_sleep(${seconds})` : `SELECT SLEEP(${seconds})`

export const session = ({ name }: Engine): string =>
  name === 'postgres' ? 'SELECT pg_backend_pid() AS id' : 'SELECT CONNECTION_ID() AS id'

/** A database with two guests, a data source without short limits, and one with. */
export class Inn {
  readonly engine: Engine
  database!: Database
  beside!: ModelDataSource
  dataSource!: ModelDataSource

  constructor(engine: Engine) {
    this.engine = engine
  }

  async build(): Promise<void> {
    this.database = await this.engine.create()
    this.beside = await createDataSource({ ...this.database.options, entities: [Guest] }).initialize()
    await this.beside.synchronize()
  }

  /** A data source of one connection, so that whatever is left on it meets what comes next. */
  async open(limits: Limits, { options = {}, connections = 1 } = {}): Promise<void> {
    await this.close()
    await this.beside.getRepository(Guest).clear()
    await this.beside.getRepository(Guest).insert([{ id: 1 }, { id: 2 }])
    const given = { ...narrowed(this.database.options, connections), ...options, entities: [Guest], ...limits }
    this.dataSource = await createDataSource(given).initialize()
  }

  async close(): Promise<void> {
    if (this.dataSource?.isInitialized) await this.dataSource.destroy()
  }

  async raze(): Promise<void> {
    await this.close()
    await this.beside?.destroy()
    await this.database?.drop()
  }

  readonly sleep = (seconds = 20): Promise<unknown> => this.dataSource.query(sleeping(this.engine, seconds))

  readonly visit = (id: number): Promise<unknown> => this.dataSource.getRepository(Guest).increment({ id }, 'visits', 1)

  async visits(): Promise<readonly number[]> {
    const guests = await this.beside.getRepository(Guest).find({ order: { id: 'ASC' } })
    return guests.map(({ visits }) => visits)
  }

  /** Which session of the server the one connection is. */
  async session(): Promise<number> {
    const [row] = await this.dataSource.query<[{ readonly id: number }]>(session(this.engine))
    return row.id
  }

  expectRefused(error: Error, errorCode: string): void {
    const exception = asAppException(error, this.dataSource)
    expect(exception).to.deep.include({ statusCode: 503, errorCode, details: { retryAfter: 1 } })
  }
}
