import type { Readable } from 'node:stream'
import { type LocalFileStorage, type ModelRepository, type SerializerClass } from 'plinth'

export declare class Album {
  id: number
  cover: string
  caption: string
}

export declare const AlbumSerializer: SerializerClass<Album>

export declare class Caption {
  caption: string
}

export declare const albums: ModelRepository<Album>
export declare const storage: LocalFileStorage
export declare const content: Readable
export declare const formerKey: string
