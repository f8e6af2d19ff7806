import { randomUUID } from 'node:crypto'
import { ConflictError } from '../../errors/exceptions.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import { asAppException } from '../../orm/errors/as-app-exception.js'
import { escapedColumn, escapedPath } from '../../orm/table-names.js'
import { idempotencyKeys } from './idempotency-keys.js'

/** A request that was made before under the same key. */
export interface EarlierRequest {
  readonly fingerprint: string
  readonly answer: string
}

interface StoredKey {
  readonly attempt: string
  readonly fingerprint: string
  readonly answer: string | null
  readonly expires: string
}

/** The keys of requests in the database that the requests write, in the unit of work by which they do. */
export class KeyStore {
  readonly #dataSource: ModelDataSource

  constructor(dataSource: ModelDataSource) {
    this.#dataSource = dataSource
  }

  /**
   * Reserves a key until the running unit of work ends, or finds the request that had it. It never waits for another.
   * @throws {ConflictError} `IDEMPOTENCY_KEY_IN_USE` where another unit has reserved it.
   */
  async reserve(key: string, fingerprint: string, lifetime: number): Promise<EarlierRequest | undefined> {
    const attempt = randomUUID()
    const now = this.#dataSource.clock.now()
    const expires = new Date(now.getTime() + lifetime * 1000).toISOString()
    const values = { key, attempt, fingerprint, expires }
    await this.#insert(values)
    const [found] = await this.#run<StoredKey>(
      'SELECT {attempt} AS attempt, {fingerprint} AS fingerprint, {answer} AS answer, {expires} AS expires ' +
        'FROM {} WHERE {key} = :key',
      {
        key,
      },
    )
    if (!found || found.attempt === attempt) return undefined
    if (found.answer !== null && found.expires > now.toISOString()) return { ...found, answer: found.answer }
    await this.#run(
      'UPDATE {} SET {attempt} = :attempt, {fingerprint} = :fingerprint, {answer} = NULL, {expires} = :expires WHERE {key} = :key',
      values,
    )
    return undefined
  }

  /** Keeps the answer. */
  async complete(key: string, answer: string): Promise<void> {
    await this.#run('UPDATE {} SET {answer} = :answer WHERE {key} = :key', { key, answer })
  }

  /** Removes the keys that have expired. */
  async purge(): Promise<void> {
    await this.#run('DELETE FROM {} WHERE {expires} <= :now', { now: this.#dataSource.clock.now().toISOString() })
  }

  async #insert(values: Readonly<Record<string, string>>): Promise<void> {
    const { dialect } = this.#dataSource
    if (dialect.tryLock) {
      // Whoever inserts has the lock, so that the INSERT need not wait for anybody.
      const [lock] = await this.#run<{ readonly free: boolean }>(dialect.tryLock(':key'), { key: values['key']! })
      if (!lock?.free) throw inUse()
    }
    const insert =
      'INSERT INTO {} ({key}, {attempt}, {fingerprint}, {expires}) VALUES (:key, :attempt, :fingerprint, :expires) ' +
      `${dialect.onDuplicate('{key}')} {key} = {}.{key}`
    try {
      await this.#run(dialect.withoutWaiting?.(insert) ?? insert, values)
    } catch (error) {
      const { errorCode } = asAppException(error, this.#dataSource) ?? {}
      throw errorCode === 'LOCK_TIMEOUT' || errorCode === 'CONTENTION' ? inUse() : error
    }
  }

  /** Sends SQL in which `{}` is the table and `{name}` a column. */
  async #run<R = unknown>(sql: string, values: Readonly<Record<string, string>>): Promise<readonly R[]> {
    const metadata = this.#dataSource.getMetadata(idempotencyKeys.name)
    const table = escapedPath(this.#dataSource, metadata)
    const named = sql
      .replaceAll('{}', table)
      .replaceAll(/\{(\w+)\}/g, (_, name: string) => escapedColumn(this.#dataSource, metadata, name))
    const [query, parameters] = this.#dataSource.driver.escapeQueryWithParameters(named, { ...values })
    return this.#dataSource.query<readonly R[]>(query, parameters)
  }
}

/** The request with this key is being answered right now. */
export function inUse(): ConflictError {
  return new ConflictError('A request with this key is still being answered.', {
    errorCode: 'IDEMPOTENCY_KEY_IN_USE',
    headers: { 'retry-after': '1' },
  })
}

/** Removes the expired keys of requests and their answers. An application that is served does so once an hour itself. */
export async function purgeIdempotencyKeys(dataSource: ModelDataSource): Promise<void> {
  await new KeyStore(dataSource).purge()
}
