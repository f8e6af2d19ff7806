import { declareResource, placeOfCall, type ViewSet } from 'plinth'

/** Mounts a viewset at a path: `@Resource('/articles')`. A subclass is mounted nowhere until it has a path of its own. */
export function Resource(path: `/${string}`) {
  const place = placeOfCall(Resource)
  return <C extends new (...dependencies: never[]) => ViewSet>(target: C): void =>
    declareResource(target, { path, place })
}
