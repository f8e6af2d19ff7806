import type { BaseModel, SoftDeletable } from 'plinth/decorators'

export interface Board extends BaseModel, SoftDeletable {}
export declare class Board {
  id: number
}
