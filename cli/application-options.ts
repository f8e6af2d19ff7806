import type { CreateAppOptions } from 'plinth/container'
import { isObject } from './load-module.js'

/** Whether a module exports what `createApp` takes. */
export function isApplicationOptions(value: unknown): value is CreateAppOptions {
  return isObject(value) && Array.isArray(value['viewSets']) && isObject(value['dataSource'])
}
