using System.Collections.Immutable;

namespace NodeAgent.TestCluster.Serving;

/// <param name="Type">string, int, bool, time, intOrString, a message of the table, <c>map</c> (of strings) or <c>bytesMap</c>.</param>
internal sealed record ProtobufField(string Name, string Type, bool Repeated);

/// <summary>Messages of the API as protobuf numbers their fields: those that kubectl sends when it creates objects by its own commands.</summary>
internal static class ProtobufShapes
{
    /// <summary>A message a line: its name, then number:field:type; a star for repeated ones; string where no type is said.</summary>
    private const string Table = """
        ObjectMeta 1:name 2:generateName 3:namespace 5:uid 6:resourceVersion 7:generation:int 8:creationTimestamp:time 11:labels:map 12:annotations:map 13:ownerReferences:*OwnerReference 14:finalizers:*string
        OwnerReference 1:kind 3:name 4:uid 5:apiVersion 6:controller:bool 7:blockOwnerDeletion:bool
        Namespace 1:metadata:ObjectMeta 2:spec:NamespaceSpec
        NamespaceSpec 1:finalizers:*string
        ConfigMap 1:metadata:ObjectMeta 2:data:map 3:binaryData:bytesMap 4:immutable:bool
        Secret 1:metadata:ObjectMeta 2:data:bytesMap 3:type 4:stringData:map 5:immutable:bool
        LocalObjectReference 1:name
        ServiceAccount 1:metadata:ObjectMeta 3:imagePullSecrets:*LocalObjectReference 4:automountServiceAccountToken:bool
        Service 1:metadata:ObjectMeta 2:spec:ServiceSpec
        ServiceSpec 1:ports:*ServicePort 2:selector:map 3:clusterIP 4:type 5:externalIPs:*string 7:sessionAffinity 8:loadBalancerIP 10:externalName 11:externalTrafficPolicy 13:publishNotReadyAddresses:bool 17:ipFamilyPolicy 18:clusterIPs:*string 19:ipFamilies:*string 21:loadBalancerClass 22:internalTrafficPolicy
        ServicePort 1:name 2:protocol 3:port:int 4:targetPort:intOrString 5:nodePort:int 6:appProtocol
        Deployment 1:metadata:ObjectMeta 2:spec:DeploymentSpec
        DeploymentSpec 1:replicas:int 2:selector:LabelSelector 3:template:PodTemplateSpec 4:strategy:DeploymentStrategy
        DeploymentStrategy 1:type
        LabelSelector 1:matchLabels:map
        PodTemplateSpec 1:metadata:ObjectMeta 2:spec:PodSpec
        PodSpec 2:containers:*Container 3:restartPolicy 8:serviceAccountName 10:nodeName 11:hostNetwork:bool
        Container 1:name 2:image 3:command:*string 4:args:*string 5:workingDir 6:ports:*ContainerPort 7:env:*EnvVar 14:imagePullPolicy
        ContainerPort 1:name 2:hostPort:int 3:containerPort:int 4:protocol 5:hostIP
        EnvVar 1:name 2:value
        PolicyRule 1:verbs:*string 2:apiGroups:*string 3:resources:*string 4:resourceNames:*string 5:nonResourceURLs:*string
        Role 1:metadata:ObjectMeta 2:rules:*PolicyRule
        ClusterRole 1:metadata:ObjectMeta 2:rules:*PolicyRule
        Subject 1:kind 2:apiGroup 3:name 4:namespace
        RoleRef 1:apiGroup 2:kind 3:name
        RoleBinding 1:metadata:ObjectMeta 2:subjects:*Subject 3:roleRef:RoleRef
        ClusterRoleBinding 1:metadata:ObjectMeta 2:subjects:*Subject 3:roleRef:RoleRef
        SelfSubjectReview 1:metadata:ObjectMeta
        SelfSubjectAccessReview 1:metadata:ObjectMeta 2:spec:SelfSubjectAccessReviewSpec
        SelfSubjectAccessReviewSpec 1:resourceAttributes:ResourceAttributes 2:nonResourceAttributes:NonResourceAttributes
        ResourceAttributes 1:namespace 2:verb 3:group 4:version 5:resource 6:subresource 7:name
        NonResourceAttributes 1:path 2:verb
        SelfSubjectRulesReview 1:metadata:ObjectMeta 2:spec:SelfSubjectRulesReviewSpec
        SelfSubjectRulesReviewSpec 1:namespace
        TokenRequest 1:metadata:ObjectMeta 2:spec:TokenRequestSpec
        TokenRequestSpec 1:audiences:*string 3:boundObjectRef:BoundObjectReference 4:expirationSeconds:int
        BoundObjectReference 1:kind 2:apiVersion 3:name 4:uid
        Job 1:metadata:ObjectMeta 2:spec:JobSpec
        JobSpec 1:parallelism:int 2:completions:int 3:activeDeadlineSeconds:int 6:template:PodTemplateSpec 7:backoffLimit:int 8:ttlSecondsAfterFinished:int
        CronJob 1:metadata:ObjectMeta 2:spec:CronJobSpec
        CronJobSpec 1:schedule 3:concurrencyPolicy 5:jobTemplate:JobTemplateSpec 8:timeZone
        JobTemplateSpec 1:metadata:ObjectMeta 2:spec:JobSpec
        PodDisruptionBudget 1:metadata:ObjectMeta 2:spec:PodDisruptionBudgetSpec
        PodDisruptionBudgetSpec 1:minAvailable:intOrString 2:selector:LabelSelector 3:maxUnavailable:intOrString
        DeleteOptions 1:gracePeriodSeconds:int 2:preconditions:Preconditions 3:orphanDependents:bool 4:propagationPolicy 5:dryRun:*string
        Preconditions 1:uid 2:resourceVersion
        """;

    private static readonly ImmutableDictionary<string, ImmutableDictionary<int, ProtobufField>> All = Table
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split(' '))
        .ToImmutableDictionary(words => words[0], words => words.Skip(1).Select(w => w.Split(':')).ToImmutableDictionary(
            part => int.Parse(part[0], System.Globalization.CultureInfo.InvariantCulture),
            part => new ProtobufField(part[1], part.Length > 2 ? part[2].TrimStart('*') : "string", part.Length > 2 && part[2][0] == '*')));

    /// <returns>Null when the message is not known.</returns>
    public static ImmutableDictionary<int, ProtobufField>? Of(string message) => All.GetValueOrDefault(message);
}
