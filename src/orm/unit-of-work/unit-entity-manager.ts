import { EntityManager, type QueryRunner } from 'typeorm'
import type { IsolationLevel } from './isolation.js'
import type { Level } from './level.js'
import { isJoined, levelOf } from './runner-state.js'
import type { AtomicOptions } from './unit-host.js'

/** A data source whose managers open units of work. */
export interface UnitSource {
  atomic<T>(work: () => Promise<T>, options?: AtomicOptions): Promise<T>
  atomicIn<T>(level: Level, work: () => Promise<T>, options?: AtomicOptions): Promise<T>
  createQueryRunner(): QueryRunner
}

type Work<M, T> = (manager: M) => Promise<T>

/** TypeORM's manager, with transactions that are units of work: what their callbacks send by other ways joins too. */
export class UnitEntityManager extends EntityManager {
  override transaction<T>(work: Work<this, T>): Promise<T>
  override transaction<T>(isolation: IsolationLevel, work: Work<this, T>): Promise<T>
  override transaction<T>(isolationOrWork: IsolationLevel | Work<this, T>, maybeWork?: Work<this, T>): Promise<T> {
    const isolation = typeof isolationOrWork === 'string' ? isolationOrWork : undefined
    const work = typeof isolationOrWork === 'string' ? maybeWork! : isolationOrWork
    const { queryRunner } = this
    const source = this.dataSource as unknown as UnitSource
    // Whoever made a runner of his own commits and releases it himself.
    if (queryRunner && !isJoined(queryRunner)) {
      const given = work as Work<EntityManager, T>
      return isolation ? super.transaction(isolation, given) : super.transaction(given)
    }
    const joined = () => work(source.createQueryRunner().manager as this)
    // TypeORM's transactions never ran twice, so their callbacks may not be made for it.
    const options = { retries: 0, ...(isolation && { isolation }) }
    return queryRunner ? source.atomicIn(levelOf(queryRunner), joined, options) : source.atomic(joined, options)
  }
}
