import type { CreateAppOptions } from 'plinth/container'
import { type Place, poolSize, sessionOptions } from './serve.js'

/** The data source of an application whose rows are at a place. */
export function dataSourceOf(place: Place): CreateAppOptions['dataSource'] {
  if (place.engine === 'sqlite') return { type: 'sqlite', database: place.file }
  const { user: username, ...server } = place.server
  const extra = { options: sessionOptions(place.schema), max: poolSize }
  return { type: 'postgres', ...server, username, extra, installExtensions: false }
}
