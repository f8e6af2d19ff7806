import { declareAction } from '../action-fact.js'
import type { Constructor } from '../action-model.js'
import type { Call } from '../call.js'
import { anyone } from '../permissions.js'
import type { Reply } from '../reply.js'
import { declareResource } from '../resource-fact.js'
import { ViewSet } from '../viewset.js'
import { type Asset, assetReply } from './asset.js'
import type { OpenApiOptions } from './openapi-document.js'
import type { Viewer } from './viewer.js'

const place = 'createApp({ openapi })'

/** Where documents are served unless told. */
export const usualPath = '/openapi.json'

/**
 * The viewsets that serve the document of an application, and the page that shows it. They are viewsets as any others are.
 * @param document asked for when it is first read.
 */
export function openApiViewSets(
  { path = usualPath, page, allow = anyone }: OpenApiOptions,
  document: () => Asset,
  viewer: Viewer | undefined,
): readonly Constructor[] {
  const served = new Map<string, () => Asset>([['', document]])
  const shown = new Map<string, () => Asset>()
  if (page !== undefined && viewer) {
    shown.set('', () => viewer.page)
    for (const [name, asset] of Object.entries(viewer.files)) shown.set(name, () => asset)
  }
  return [
    assetViewSet('OpenApiViewSet', path, served, allow),
    ...(page !== undefined && shown.size > 0 ? [assetViewSet('OpenApiPageViewSet', page, shown, allow)] : []),
  ]
}

function assetViewSet(
  name: string,
  path: string,
  assets: ReadonlyMap<string, () => Asset>,
  permission: NonNullable<OpenApiOptions['allow']>,
): Constructor {
  class AssetViewSet extends ViewSet {}
  Object.defineProperty(AssetViewSet, 'name', { value: name })
  declareResource(AssetViewSet, { path, place })
  for (const [file, asset] of assets) {
    const method = file === '' ? 'index' : file
    const value = (call: Call): Reply => assetReply(asset(), call)
    Object.defineProperty(AssetViewSet.prototype, method, { value, configurable: true })
    declareAction(AssetViewSet, { name: method, method: 'get', on: 'collection', path: file, permission, place })
  }
  return AssetViewSet
}
