import type { ServiceResult } from '../../service/service-result.js'
import type { Call, RowCall } from '../call.js'
import type { ViewSetStatics } from '../viewset.js'
import type { GenericViewSetBase } from './viewset-class.js'

/** What a viewset asks of its service. */
export interface RowService<E> {
  create(values: object): ServiceResult<E> | Promise<ServiceResult<E>>
  update(row: E, values: object): ServiceResult<E> | Promise<ServiceResult<E>>
  remove(row: E): ServiceResult<undefined> | Promise<ServiceResult<undefined>>
}

type AnyViewSet = GenericViewSetBase<object>

const modelOf = (viewSet: AnyViewSet) => (viewSet.constructor as unknown as ViewSetStatics).model

function serviceOf(viewSet: AnyViewSet): RowService<object> | undefined {
  return modelOf(viewSet)?.service ? (viewSet.service as RowService<object>) : undefined
}

/** Makes a row of the body. What the scope of the viewset demands is not left to the caller. */
export async function createRow(viewSet: AnyViewSet, call: Call<object>): Promise<object | ServiceResult<object>> {
  const values = { ...call.body, ...modelOf(viewSet)?.scope?.(call) }
  const service = serviceOf(viewSet)
  if (service) return service.create(values)
  return viewSet.repository.save(viewSet.repository.create(values))
}

/** Writes the body to the row. */
export async function updateRow(
  viewSet: AnyViewSet,
  { row, body }: RowCall<object, object>,
): Promise<object | ServiceResult<object>> {
  const service = serviceOf(viewSet)
  if (service) return service.update(row, body)
  return viewSet.repository.save(Object.assign(row, body))
}

/** Removes the row. */
export async function removeRow(
  viewSet: AnyViewSet,
  { row }: RowCall<object>,
): Promise<undefined | ServiceResult<undefined>> {
  const service = serviceOf(viewSet)
  if (service) return service.remove(row)
  await viewSet.repository.remove(row)
  return undefined
}
