import type { Adds, ModelRepository } from 'plinth'
import type { Ordered, orderable } from 'plinth/decorators'

interface Card extends Ordered {}
declare class Card {
  id: number
  boardId: number
}

export declare class VolumeMembers {
  id: number
  shelf: string
}

type Shelf = ReturnType<typeof orderable<'shelf'>>
interface Volume extends Ordered, Adds<Shelf> {}
declare class Volume extends VolumeMembers {}

export declare const cards: ModelRepository<Card>
export declare const volumes: ModelRepository<Volume>
