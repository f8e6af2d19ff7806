import type { ModelDataSource } from '../orm/data-source.js'
import { asAppException } from '../orm/errors/as-app-exception.js'
import { ServiceResult } from './service-result.js'

/**
 * The result of work on a data source, or the failure that what it threw stands for.
 * @throws whatever else it threw.
 */
export async function attempted<T>(dataSource: ModelDataSource, work: () => Promise<T>): Promise<ServiceResult<T>> {
  try {
    return ServiceResult.success(await work())
  } catch (error) {
    return ServiceResult.from(asAppException(error, dataSource) ?? error)
  }
}
