import { AppException } from '../../../errors/app-exception.js'
import type { RowData } from '../../../model/matches.js'
import type { ModelDataSource } from '../../data-source.js'
import type { Target } from '../write.js'
import { refersToGuarded } from './guarded-references.js'
import { isAsGiven } from './why-rows.js'

/** Whether what rules propose may be written by a statement that looks at nothing else. Whoever looks says what is refused. */
export function isProposable(dataSource: ModelDataSource, target: Target, values: RowData): boolean {
  try {
    return !refersToGuarded(dataSource, target, values) && isAsGiven(dataSource, target, values)
  } catch (error) {
    if (error instanceof AppException) return false
    throw error
  }
}
