import { EntityManager, type QueryRunner } from 'typeorm'
import type { IsolationLevel } from './isolation.js'
import type { Level } from './level.js'
import { isJoined, levelOf } from './runner-state.js'
import type { AtomicOptions } from './units-of-work.js'

/** A data source whose managers open units of work. */
export interface UnitSource {
  atomic<T>(work: () => Promise<T>, options?: AtomicOptions): Promise<T>
  atomicIn<T>(level: Level, work: () => Promise<T>, options?: AtomicOptions): Promise<T>
  createQueryRunner(): QueryRunner
}

type Work<T> = (manager: EntityManager) => Promise<T>

/** TypeORM's manager, with transactions that are units of work: what their callbacks send by other ways joins too. */
export class UnitEntityManager extends EntityManager {
  override transaction<T>(work: Work<T>): Promise<T>
  override transaction<T>(isolation: IsolationLevel, work: Work<T>): Promise<T>
  override transaction<T>(isolationOrWork: IsolationLevel | Work<T>, maybeWork?: Work<T>): Promise<T> {
    const isolation = typeof isolationOrWork === 'string' ? isolationOrWork : undefined
    const work = typeof isolationOrWork === 'string' ? maybeWork! : isolationOrWork
    const { queryRunner } = this
    const source = this.dataSource as unknown as UnitSource
    // Whoever made a runner of his own commits and releases it himself.
    if (queryRunner && !isJoined(queryRunner)) {
      return isolation ? super.transaction(isolation, work) : super.transaction(work)
    }
    const joined = () => work(source.createQueryRunner().manager)
    // TypeORM's transactions never ran twice, so their callbacks may not be made for it.
    const options = { retries: 0, ...(isolation && { isolation }) }
    return queryRunner ? source.atomicIn(levelOf(queryRunner), joined, options) : source.atomic(joined, options)
  }
}
