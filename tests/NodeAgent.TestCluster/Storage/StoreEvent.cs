namespace NodeAgent.TestCluster.Storage;

internal enum ChangeKind
{
    Added,
    Modified,
    Deleted,

    /// <summary>No object: all up to this revision has been told.</summary>
    Bookmark,
}

/// <param name="Now">The object after the change; of a deleted one its last state, with the revision of the deletion. Null for a bookmark.</param>
/// <param name="Before">The object before the change, if there was one.</param>
internal sealed record StoreEvent(ChangeKind Kind, StoredObject? Now, StoredObject? Before, long Revision);
