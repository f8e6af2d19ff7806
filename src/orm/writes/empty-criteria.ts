import { TypeORMError } from 'typeorm'
import { ValidationError } from '../../errors/exceptions.js'

// TypeORM tells its errors apart by their messages alone.
const refused = /^(Empty criteria|(Undefined|Null) value encountered)/

/**
 * Runs what TypeORM refuses where a condition is empty, which would mean every row, or compares with null or undefined.
 * @throws {ValidationError} `INVALID_CRITERIA`
 */
export function refusingEmpty<T>(check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof TypeORMError) || !refused.test(error.message)) throw error
    throw new ValidationError(
      'A condition that is empty, or that compares with null or undefined, may mean every row. Say which rows, by IsNull() ' +
        'for null; updateAll() and deleteAll() are for all of them.',
      { errorCode: 'INVALID_CRITERIA', cause: error },
    )
  }
}
