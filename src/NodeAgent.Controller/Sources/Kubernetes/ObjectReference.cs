namespace NodeAgent.Controller.Sources.Kubernetes;

/// <param name="Namespace">Empty for objects of the whole cluster.</param>
public readonly record struct ObjectReference(string ApiVersion, string Kind, string Namespace, string Name, string Uid);
