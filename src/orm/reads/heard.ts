import type { DataSource } from 'typeorm'

/** Whether a subscriber of TypeORM hears of statements. */
export const hearsStatements = (dataSource: DataSource): boolean =>
  hears(dataSource, 'beforeQuery') || hears(dataSource, 'afterQuery')

/** Whether somebody hears of statements by their runners: a logger of one's own may ask a runner where it is from. */
export const needsRunner = (dataSource: DataSource): boolean =>
  hearsStatements(dataSource) || typeof dataSource.options.logger === 'object'

const hears = ({ subscribers }: DataSource, event: 'beforeQuery' | 'afterQuery'): boolean =>
  subscribers.some((subscriber) => subscriber[event])
