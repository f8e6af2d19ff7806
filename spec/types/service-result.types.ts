import { type Failure, ServiceResult } from 'plinth'

declare const answer: ServiceResult<{ readonly title: string }>

// @ts-expect-error: an unread result may be a failure
void answer.data
// @ts-expect-error: only a failure has an error
void answer.error
// @ts-expect-error: results are read-only
answer.success = true

export const unwrapped: string = answer.unwrap().title
export const checked: string = answer.success ? answer.data.title : answer.errorCode
export const early = (): string => (answer.success ? answer.data.title : answer.error)
export const failure: Failure = ServiceResult.failure('No.', 'NO')
export const nothing: ServiceResult<undefined> = ServiceResult.success()
export const either = (good: boolean): ServiceResult<number> =>
  good ? ServiceResult.success(1) : ServiceResult.failure('No.')

// @ts-expect-error: the data must be of the promised type
export const wrong: ServiceResult<number> = ServiceResult.success('1')
// @ts-expect-error: `options` has no such member
export const misspelt = ServiceResult.failure('No.', 'NO', { error: [] })
