using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

/// <summary>Scripts that many tests give their backend.</summary>
internal static class Backends
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>The same answer to every request without a body.</summary>
    public static RawBackend Answering(string answer = Ok) => RawBackend.Start(connection => AnswerAsync(connection, answer));

    /// <summary>One answer by connection, in order of arrival, the last again and again; the connection is closed behind it.</summary>
    public static RawBackend AnsweringOnce(params string[] answers) => RawBackend.Start(async connection =>
    {
        await connection.ReadHeadAsync();
        await connection.SendAsync(answers[Math.Min(connection.Index, answers.Length - 1)]);
    });

    public static async Task AnswerAsync(RawConnection connection, string answer = Ok)
    {
        while (true)
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(answer);
        }
    }

    public static Task<RawConnection> NextAsync(this RawBackend backend) =>
        backend.NextConnectionAsync().WaitAsync(RawClient.Deadline);

    public static Task InTime(this Task task) => task.WaitAsync(RawClient.Deadline);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(RawClient.Deadline);
}
